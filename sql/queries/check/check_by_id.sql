-- A tenant check of this landlord; another landlord's is not there.
-- $1 client uuid
-- $2 id uuid
select id, source_id, stage, findings::text as findings, created_at, destroy_on, content_mac
from tenant_check where client = $1 and id = $2
