-- Makes a kept set the live one, unless it is already.
-- $1 id uuid
-- $2 sha256 bytea
-- $3 reason text
insert into ruleset_publication (id, sha256, reason)
select $1, $2, $3
where $2 is distinct from (select sha256 from ruleset_publication order by published_at desc, id desc limit 1)
