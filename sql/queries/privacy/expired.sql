-- Facts whose last day has come and that nobody holds.
-- $1 today date
-- $2 most bigint
select f.premises, f.id
from fact f
where f.destroy_on <= $1 and f.status <> 'erased'
  and not exists (select from legal_hold h where h.premises = f.premises and h.released_at is null)
limit $2
