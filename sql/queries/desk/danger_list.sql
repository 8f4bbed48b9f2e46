-- Notices of acute danger, newest first.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 open_only boolean
-- $4 before_reported timestamptz
-- $5 before_id uuid
-- $6 count integer
select d.id, d.premises, d.fact, coalesce(d.rule, '') as rule, coalesce(d.danger_kind, '') as danger_kind,
       coalesce(d.category, '') as category, d.verified, d.reported_at, d.acknowledge_by, d.acknowledged_at,
       coalesce(d.acknowledged_by, '') as acknowledged_by,
       coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality, coalesce(p.type, '') as type
from danger_notice d
join premises p on p.id = d.premises
left join municipality m on m.code = p.municipality
where ($1 or d.municipality = any ($2))
  and (not $3 or d.acknowledged_at is null)
  and ($4 is null or (d.reported_at, d.id) < ($4, $5))
order by d.reported_at desc, d.id desc
limit $6
