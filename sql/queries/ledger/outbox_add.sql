-- One event for one receiver with the next sequence of (receiver, premises): the restore epoch times
-- 2^32 and a count. The same cause has the same id and adds nothing.
-- $1 premises uuid
-- $2 receiver uuid
-- $3 id uuid
-- $4 type text
-- $5 subject uuid
-- $6 body jsonb
with epoch as (
    select g.restore_epoch::bigint << 32 as base
    from log_generation g
    where g.generation = current_generation()),
next as (
    insert into outbox_sequence as s (premises, receiver, last)
    select $1, $2, coalesce((select base from epoch), 0) + 1
    where not exists (select 1 from outbox o where o.premises = $1 and o.receiver = $2 and o.id = $3)
    on conflict (premises, receiver) do update
        set last = greatest(s.last, coalesce((select base from epoch), 0)) + 1
    returning last)
insert into outbox (premises, receiver, id, sequence, lane, type, subject, body)
select $1, $2, $3, n.last, (get_byte(uuid_send($1), 15) & 63)::smallint, $4, $5,
    $6 || jsonb_build_object('sequence', n.last::text)
from next n
on conflict do nothing
