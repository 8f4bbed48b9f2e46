-- Leases what is free, expired or ours already; the fence rises whenever the owner changes.
-- $1 owner uuid
-- $2 lease_ms bigint
with free as (
    select receiver, lane
    from lane
    where owner is null or owner = $1 or lease_until < now()
    order by receiver, lane
    for update skip locked)
update lane l
set fence = l.fence + case when l.owner = $1 then 0 else 1 end,
    owner = $1, lease_until = now() + $2 * interval '1 millisecond'
from free f
where l.receiver = f.receiver and l.lane = f.lane
