-- Of these facts the ones that may still be erased for their term: locked, so that no hold or verdict comes
-- in between.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 today date
select f.premises, f.id
from unnest($1, $2) as u(premises, id)
join fact f on f.premises = u.premises and f.id = u.id
where f.destroy_on <= $3 and f.status <> 'erased'
  and not exists (select from legal_hold h where h.premises = f.premises and h.released_at is null)
for update of f
