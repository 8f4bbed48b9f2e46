-- A tenant check; the same source id of the same landlord again adds nothing.
-- $1 premises uuid
-- $2 id uuid
-- $3 client uuid
-- $4 source_id text
-- $5 content_mac bytea
-- $6 stage text
-- $7 letting_type text
-- $8 named jsonb
-- $9 items jsonb
-- $10 findings jsonb
-- $11 due jsonb
-- $12 created_at timestamptz
-- $13 destroy_on date
-- $14 alias text
insert into tenant_check (premises, id, client, source_id, content_mac, stage, letting_type, named, items, findings,
    due, created_at, destroy_on, alias)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (client, source_id) do nothing
