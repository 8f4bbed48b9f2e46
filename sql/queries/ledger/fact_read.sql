-- One fact by its id; the first fact that a correction is based on is what it ended, the second what
-- took its place.
-- $1 id uuid
-- $2 kind text
select f.id, f.premises, f.kind, f.source_id, f.tenancy, f.client, f.ground, f.occurred_on, f.received_at,
    f.danger, f.payload, f.status, f.ended_by, e.based_on as ender_based_on, p.municipality
from intake_key k
join fact f on f.premises = k.premises and f.id = k.fact and f.received_at = k.received_at
left join premises p on p.id = f.premises
left join fact e on e.premises = f.premises and e.id = f.ended_by
where k.fact = $1 and f.kind = $2
