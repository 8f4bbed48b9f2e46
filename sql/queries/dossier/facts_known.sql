-- The facts of one premises that were known and live at a position of the log, oldest first.
-- $1 premises uuid
-- $2 generation integer
-- $3 xact xid8
-- $4 most bigint
select * from (
    select premises, id, kind, source_class, client, tenancy, occurred_on, received_at, origin, report, based_on,
        payload
    from fact
    where premises = $1 and (generation, xact) <= ($2, $3) and status <> 'erased'
      and (ended_xact is null or (ended_generation, ended_xact) > ($2, $3))
    order by received_at desc, id desc limit $4) f
order by received_at, id
