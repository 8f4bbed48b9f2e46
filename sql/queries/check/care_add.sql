-- An entry of the duty-of-care file, if this landlord's check is there; the same source id again adds nothing.
-- $1 client uuid
-- $2 id uuid
-- $3 tenant_check uuid
-- $4 source_id text
-- $5 content_mac bytea
-- $6 kind text
-- $7 body jsonb
-- $8 at timestamptz
insert into care_entry (client, premises, id, source_id, content_mac, tenant_check, kind, body, at, destroy_on)
select c.client, c.premises, $2, $4, $5, c.id, $6, $7, $8, c.destroy_on
from tenant_check c
where c.client = $1 and c.id = $3
on conflict (client, source_id) do nothing
