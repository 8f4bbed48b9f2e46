-- A line in the history of an alert.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
-- $4 id uuid
-- $5 kind text
-- $6 account uuid
-- $7 body jsonb
insert into alert_entry (premises, alert, id, kind, account, body)
select a.premises, a.id, $4, $5, $6, $7
from alert a
where a.id = $3 and ($1 or a.municipality = any ($2))
