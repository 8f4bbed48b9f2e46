-- What a landlord reports about the premises of a check of his; the same source id again adds nothing.
-- $1 client uuid
-- $2 id uuid
-- $3 tenant_check uuid
-- $4 source_id text
-- $5 content_mac bytea
-- $6 kind text
-- $7 controller text
-- $8 wwft_liable bool
-- $9 sealed_body bytea
-- $10 received_at timestamptz
-- $11 destroy_on date
-- $12 named jsonb
insert into observation (id, client, tenant_check, source_id, content_mac, kind, named, alias, controller, wwft_liable,
    sealed_body, received_at, destroy_on)
select $2, $1, c.id, $4, $5, $6, c.named, c.alias, $7, $8, $9, $10, $11
from tenant_check c
where c.client = $1 and c.id = $3 and ($12 is null or c.named = $12)
on conflict (client, source_id) do nothing
