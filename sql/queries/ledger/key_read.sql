-- What these clients sent before under these source ids.
-- $1 clients uuid[]
-- $2 source_ids text[]
select k.client, k.source_id, k.fact, k.premises, k.kind, k.content_mac, k.received_at,
    f.tenancy, f.danger, f.based_on
from unnest($1, $2) as u(client, source_id)
join intake_key k on k.client = u.client and k.source_id = u.source_id
left join fact f on f.premises = k.premises and f.id = k.fact and f.received_at = k.received_at
