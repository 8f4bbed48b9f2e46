-- Premises whose municipality was unknown learn it from an address that names one.
-- $1 ids uuid[]
-- $2 municipalities text[]
update premises p
set municipality = m.code
from unnest($1, $2) as u(id, name)
join municipality m on m.code = u.name or m.name = u.name
where p.id = u.id and p.municipality is null
