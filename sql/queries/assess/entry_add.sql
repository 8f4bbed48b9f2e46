-- What the system did to an alert.
-- $1 premises uuid
-- $2 alert uuid
-- $3 id uuid
-- $4 kind text
-- $5 body jsonb
insert into alert_entry (premises, alert, id, kind, body) values ($1, $2, $3, $4, $5)
