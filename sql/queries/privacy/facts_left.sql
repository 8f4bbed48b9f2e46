-- Of these facts the ones that are still there.
-- $1 premises uuid[]
-- $2 ids uuid[]
select f.premises, f.id
from unnest($1, $2) as u(premises, id)
join fact f on f.premises = u.premises and f.id = u.id
where f.status <> 'erased'
for update of f
