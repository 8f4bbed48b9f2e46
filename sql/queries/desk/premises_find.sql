-- Whether premises are there, by id or BAG id; a merged one gives its survivor.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 bag_id text
select coalesce(p.merged_into, p.id) as id
from premises p
where (p.id = $3 or p.bag_id = $4) and ($1 or p.municipality is null or p.municipality = any ($2))
