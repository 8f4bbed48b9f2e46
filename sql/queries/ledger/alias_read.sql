-- The premises behind names. `placed` tells whether a municipality is known already.
-- $1 aliases text[]
select a.alias, a.premises, p.municipality is not null as placed, p.attributes
from premises_alias a
join premises p on p.id = a.premises
where a.alias = any($1)
