-- A tenant check; the same source id of the same landlord again adds nothing.
-- $1 premises uuid
-- $2 id uuid
-- $3 client uuid
-- $4 source_id text
-- $5 content_mac bytea
-- $6 stage text
-- $7 items jsonb
-- $8 findings jsonb
-- $9 created_at timestamptz
-- $10 destroy_on date
insert into tenant_check (premises, id, client, source_id, content_mac, stage, items, findings, created_at, destroy_on)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (client, source_id) do nothing
