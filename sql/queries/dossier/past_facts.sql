-- Every fact ever learnt of some premises, ended ones too, in the order in which they were learnt. What was
-- destroyed is only counted.
-- $1 premises uuid[]
select f.premises, f.id, f.kind, f.source_class, f.client, f.tenancy, f.occurred_on, f.received_at, f.origin,
    f.report, f.based_on, f.payload, f.ended_at, f.status = 'erased' as erased
from fact f
where f.premises = any($1)
order by f.premises, f.received_at, f.id
