-- Premises by id, BAG id or address; letter and addition narrow an address only when given.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 bag_id text
-- $5 postcode text
-- $6 house_number integer
-- $7 house_letter text
-- $8 addition text
select p.id, coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality, coalesce(p.type, '') as type,
       coalesce(p.unit, '') as unit, p.parent
from premises p
left join municipality m on m.code = p.municipality
where ($1 or p.municipality = any ($2))
  and p.merged_into is null
  and (p.id = $3 or p.bag_id = $4
       or (p.postcode = $5 and p.house_number = $6
           and ($7 = '' or p.house_letter = $7) and ($8 = '' or p.addition = $8)))
order by p.postcode, p.house_number, p.house_letter nulls first, p.addition nulls first, p.unit nulls first, p.id
limit 100
