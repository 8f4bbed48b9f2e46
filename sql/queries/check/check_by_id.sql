-- A tenant check of this landlord; another landlord's is not there.
-- $1 client uuid
-- $2 id uuid
select id, source_id, stage, findings::text as findings, due::text as due, letting_type, created_at, destroy_on,
    content_mac, premises, named::text as named
from tenant_check where client = $1 and id = $2
