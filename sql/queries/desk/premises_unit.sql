-- A part of premises that has no BAG id of its own: a garage box, a barn. It lies where its parent does.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 parent uuid
insert into premises (id, municipality, parent, postcode, house_number, house_letter, addition)
select $3, p.municipality, p.id, p.postcode, p.house_number, p.house_letter, p.addition
from premises p
where p.id = $4 and p.merged_into is null and ($1 or p.municipality is null or p.municipality = any ($2))
