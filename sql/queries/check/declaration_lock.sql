-- A declaration in the caller's region, locked.
-- $1 id uuid
-- $2 everywhere bool
-- $3 region text[]
select id, status, named::text as named
from premises_declaration
where id = $1 and ($2 or municipality = any ($3))
for update
