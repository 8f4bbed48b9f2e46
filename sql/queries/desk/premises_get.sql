-- One premises by its id ($3) or its BAG id ($4), as it is known now or was at an instant ($5).
-- A merged one answers as its survivor.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 bag_id text
-- $5 as_of timestamptz
-- $6 today date
select p.id, coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality, coalesce(p.type, '') as type,
       coalesce(p.unit, '') as unit, p.parent,
       p.version, x.attributes, x.as_of, coalesce(x.ground, '') as ground,
       (select t.id from tenancy t
        where t.premises = p.id and (t.started_on is null or t.started_on <= $6)
          and (t.ended_on is null or t.ended_on >= $6)
        order by t.started_on desc nulls last, t.id desc limit 1) as tenancy,
       coalesce(s.level, 0::smallint) as level, coalesce(s.score, 0) as score, s.assessed_on,
       (select a.id from alert a where a.premises = p.id and a.status not in ('closed', 'withdrawn')) as open_alert
from premises named
join premises p on p.id = coalesce(named.merged_into, named.id)
left join municipality m on m.code = p.municipality
left join lateral (
    select y.attributes, y.as_of, y.ground from premises_attributes y
    where y.premises = p.id and ($5 is null or y.known_at <= $5)
    order by y.known_at desc, y.id desc limit 1) x on true
left join lateral (
    select z.level, z.score, z.assessed_on from assessment z
    where z.premises = p.id and ($5 is null or z.assessed_at <= $5)
    order by z.assessed_at desc, z.id desc limit 1) s on true
where (named.id = $3 or named.bag_id = $4)
  and ($5 is null or named.created_at <= $5)
  and ($1 or p.municipality = any ($2))
