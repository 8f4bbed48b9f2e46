-- The facts of some dossiers, known and live up to a transaction of the log, at most so many of each,
-- oldest first.
-- $1 premises uuid[]
-- $2 generation integer
-- $3 xact xid8
-- $4 most bigint
select f.premises, f.id, f.kind, f.source_class, f.client, f.tenancy, f.occurred_on, f.received_at, f.origin,
    f.report, f.based_on, f.payload
from unnest($1) with ordinality as u(premises, n)
cross join lateral (
    select * from fact
    where fact.premises = u.premises and (fact.generation, fact.xact) <= ($2, $3) and fact.status <> 'erased'
      and (fact.ended_xact is null or (fact.ended_generation, fact.ended_xact) > ($2, $3))
    order by fact.received_at desc, fact.id desc limit $4) f
order by u.n, f.received_at, f.id
