-- The live facts of some dossiers, at most so many of each, oldest first.
-- $1 premises uuid[]
-- $2 most bigint
select f.premises, f.id, f.kind, f.source_class, f.client, f.tenancy, f.occurred_on, f.received_at, f.origin,
    f.report, f.based_on, f.payload
from unnest($1) with ordinality as u(premises, n)
cross join lateral (
    select * from fact where fact.premises = u.premises and fact.status = 'live'
    order by fact.received_at desc, fact.id desc limit $2) f
order by u.n, f.received_at, f.id
