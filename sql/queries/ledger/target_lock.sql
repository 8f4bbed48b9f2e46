-- The facts that retractions and corrections speak of, locked in the order of their ids.
-- $1 ids uuid[]
select f.id, f.premises, f.client, f.kind, f.source_id, f.status, f.tenancy, f.occurred_on, f.received_at,
    f.payload
from intake_key k
join fact f on f.premises = k.premises and f.id = k.fact and f.received_at = k.received_at
where k.fact = any($1)
order by f.id
for update of f
