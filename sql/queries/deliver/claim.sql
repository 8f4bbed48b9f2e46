-- The next events of each receiver on lanes that this process holds: the first open one of its premises, and
-- due. The attempt is counted before it is made; if the process dies, the event is due again by itself.
-- $1 owner uuid
-- $2 receivers uuid[]
-- $3 most integer[]
-- $4 hold_ms bigint
with due as (
    select d.premises, d.receiver, d.id, d.fence
    from unnest($2, $3) as r(id, most)
    cross join lateral (
        select o.premises, o.receiver, o.id, l.fence
        from outbox o
        join lane l on l.receiver = o.receiver and l.lane = o.lane and l.owner = $1 and l.lease_until > now()
        where o.receiver = r.id and o.state = 'pending' and o.next_at <= now()
            and not exists (
                select 1
                from outbox e
                where e.premises = o.premises and e.receiver = o.receiver and e.sequence < o.sequence
                    and e.state in ('pending', 'dead'))
        order by o.next_at, o.sequence
        limit r.most) as d)
update outbox o
set attempts = o.attempts + 1, next_at = now() + $4 * interval '1 millisecond'
from due d
where o.premises = d.premises and o.receiver = d.receiver and o.id = d.id and o.state = 'pending'
returning o.premises, o.receiver, o.id, o.lane, d.fence, o.body, o.attempts, o.created_at
