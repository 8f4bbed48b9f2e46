-- Notices of danger there are for some premises, and whether they are open.
-- $1 premises uuid[]
select premises, id, acknowledged_at is null as open from danger_notice where premises = any($1)
