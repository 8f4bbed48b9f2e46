-- How attempts ended, as long as their lane is still held under the same fence.
-- $1 premises uuid[]
-- $2 receivers uuid[]
-- $3 ids uuid[]
-- $4 lanes smallint[]
-- $5 fences bigint[]
-- $6 states text[]
-- $7 wait_ms bigint[]
-- $8 statuses integer[]
-- $9 errors text[]
update outbox o
set state = u.state,
    next_at = now() + u.wait_ms * interval '1 millisecond',
    last_status = nullif(u.status, 0),
    last_error = u.error,
    delivered_at = case when u.state = 'delivered' then now() end
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
    as u(premises, receiver, id, lane, fence, state, wait_ms, status, error)
join lane l on l.receiver = u.receiver and l.lane = u.lane and l.fence = u.fence
where o.premises = u.premises and o.receiver = u.receiver and o.id = u.id and o.state = 'pending'
