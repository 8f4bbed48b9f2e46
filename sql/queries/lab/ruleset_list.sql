-- Kept rule sets, newest first.
-- $1 before timestamptz
-- $2 before_hash bytea
-- $3 most integer
select r.sha256, r.name, r.version, r.created_at,
    case when r.sha256 = (select sha256 from ruleset_publication order by published_at desc, id desc limit 1) then 'live'
         when exists (select from ruleset_publication p where p.sha256 = r.sha256) then 'former'
         else 'candidate' end as status,
    (select max(published_at) from ruleset_publication p where p.sha256 = r.sha256) as published_at,
    exists (select from shadow s where s.sha256 = r.sha256) as shadow
from ruleset r
where $1 is null or (r.created_at, r.sha256) < ($1, $2)
order by r.created_at desc, r.sha256 desc
limit $3
