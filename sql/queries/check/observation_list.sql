-- Observations that wait for a municipal check, the oldest first: what kind, of which premises, never its content.
-- $1 everywhere bool
-- $2 region text[]
-- $3 after_at timestamptz
-- $4 after_id uuid
-- $5 most bigint
select o.id, o.client, o.kind, o.named::text as named, o.received_at
from observation o
join client c on c.id = o.client
where o.state = 'waiting' and o.checked_at is null and ($1 or c.municipalities && $2)
  and ($3 is null or (o.received_at, o.id) > ($3, $4))
order by o.received_at, o.id
limit $5
