-- The tenant check that a landlord's source id names.
-- $1 client uuid
-- $2 source_id text
select id, source_id, stage, findings::text as findings, due::text as due, letting_type, created_at, destroy_on,
    content_mac, premises, named::text as named
from tenant_check where client = $1 and source_id = $2
