-- The checks of a landlord at premises of his own naming, oldest first.
-- $1 client uuid
-- $2 premises uuid
-- $3 most bigint
select id, created_at, stage, findings::text as findings
from tenant_check where premises = $2 and client = $1
order by id limit $3
