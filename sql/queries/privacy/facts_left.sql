-- Of facts that were erased before, the ones that are back: no hold brings back what is gone.
-- $1 premises uuid[]
-- $2 ids uuid[]
select f.premises, f.id
from unnest($1, $2) as u(premises, id)
join fact f on f.premises = u.premises and f.id = u.id
where f.status <> 'erased'
for update of f
