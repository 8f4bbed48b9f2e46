-- The facts of one premises, by its id ($3) or BAG id ($4), what happened last first. A merged one answers as its
-- survivor. One row without a fact says that the premises are there.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 bag_id text
-- $5 count integer
select f.id, f.kind, f.source_class, f.status, f.occurred_on, f.received_at, f.tenancy, f.payload
from premises named
join premises p on p.id = coalesce(named.merged_into, named.id)
left join lateral (
    select x.id, x.kind, x.source_class, x.status, x.occurred_on, x.received_at, x.tenancy, x.payload
    from fact x
    where x.premises = p.id
    order by x.occurred_on desc, x.id desc
    limit $5) f on true
where (named.id = $3 or named.bag_id = $4) and ($1 or p.municipality = any ($2))
order by f.occurred_on desc, f.id desc
