-- A premises whose attributes are about to be written.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
select p.id, p.version, p.attributes is not null as described
from premises p
where p.id = $3 and ($1 or p.municipality is null or p.municipality = any ($2))
for update
