-- A municipal check of an observation that waits: it goes on, or ends here.
-- $1 id uuid
-- $2 everywhere bool
-- $3 region text[]
-- $4 goes_on bool
-- $5 checked_by uuid
-- $6 checked_at timestamptz
update observation o
set checked_by = $5, checked_at = $6,
    state = case when $4 then 'waiting' else 'refused' end,
    sealed_body = case when $4 then o.sealed_body end
from client c
where o.id = $1 and c.id = o.client and o.state = 'waiting' and o.checked_at is null and ($2 or c.municipalities && $3)
returning o.id
