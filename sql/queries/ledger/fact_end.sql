-- Ends facts: the only change a fact ever sees.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 received_at timestamptz[]
-- $4 statuses text[]
-- $5 enders uuid[]
-- $6 ended_at timestamptz
update fact f
set status = u.status, ended_by = u.ender, ended_at = $6,
    ended_generation = current_generation(), ended_xact = pg_current_xact_id()
from unnest($1, $2, $3, $4, $5) as u(premises, id, received_at, status, ender)
where f.premises = u.premises and f.id = u.id and f.received_at = u.received_at and f.status = 'live'
