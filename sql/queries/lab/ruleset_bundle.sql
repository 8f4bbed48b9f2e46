-- A kept set, whole; null for the set in force.
-- $1 sha256 bytea
select bundle from ruleset
where sha256 = coalesce($1, (select sha256 from ruleset_publication order by published_at desc, id desc limit 1))
