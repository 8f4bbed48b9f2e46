-- A receipt of the caller's receiver for an event it was sent; the last one counts.
-- $1 client uuid
-- $2 event uuid
-- $3 status text
-- $4 reason text
insert into event_receipt (event, receiver, status, reason)
select o.id, o.receiver, $3, $4
from client c
join receiver r on r.oin = c.oin
join outbox o on o.receiver = r.id and o.id = $2
where c.id = $1
limit 1
on conflict (event, receiver) do update set status = excluded.status, reason = excluded.reason, at = now()
returning event, at
