-- Events of the caller's receiver behind a position, in the order of the log; nothing can appear before
-- the last of them any more.
-- $1 client uuid
-- $2 generation integer
-- $3 xact xid8
-- $4 id uuid
-- $5 most integer
select o.body, o.generation, o.xact, o.id
from client c
join receiver r on r.oin = c.oin
join outbox o on o.receiver = r.id
where c.id = $1 and (o.generation, o.xact, o.id) > ($2, $3, $4)
    and (o.generation < current_generation() or o.xact < pg_snapshot_xmin(pg_current_snapshot()))
    and o.state <> 'cancelled'
order by o.generation, o.xact, o.id
limit $5
