-- Every assessment of a premises, newest first; at an instant: those known then.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 bag_id text
-- $5 as_of timestamptz
-- $6 before_at timestamptz
-- $7 before_id uuid
-- $8 count integer
select s.id, s.assessed_on, s.assessed_at, s.known_generation, s.known_xact::text as known_xact, s.known_fact, s.engine,
       s.tenancy, s.level, s.score, s.latched, s.next_change_on, s.ruleset, s.result
from premises named
join premises p on p.id = coalesce(named.merged_into, named.id)
join assessment s on s.premises = p.id
where (named.id = $3 or named.bag_id = $4) and ($1 or p.municipality = any ($2))
  and ($5 is null or s.assessed_at <= $5)
  and ($6 is null or (s.assessed_at, s.id) < ($6, $7))
order by s.assessed_at desc, s.id desc
limit $8
