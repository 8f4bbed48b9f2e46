-- Wakes whoever follows; delivered at commit.
-- $1 channel text
select pg_notify($1, '')
