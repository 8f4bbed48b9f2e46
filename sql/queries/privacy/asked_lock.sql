-- Of these facts the ones that may be erased for a data subject: locked. What is held for a claim or a case at
-- law stays (article 17, paragraph 3, GDPR) until it is released.
-- $1 premises uuid[]
-- $2 ids uuid[]
select f.premises, f.id
from unnest($1, $2) as u(premises, id)
join fact f on f.premises = u.premises and f.id = u.id
where f.status <> 'erased'
  and not exists (select from legal_hold h where h.premises = f.premises and h.released_at is null)
for update of f
