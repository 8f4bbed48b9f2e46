-- The premises of some dossiers, with the attributes in force.
-- $1 premises uuid[]
select p.id, p.attributes, p.merged_into
from unnest($1) as u(id) join premises p on p.id = u.id
