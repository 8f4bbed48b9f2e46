-- Claims the source id of one fact within the caller's transaction; no row: it was taken.
-- $1 client uuid
-- $2 source_id text
-- $3 fact uuid
-- $4 premises uuid
-- $5 kind text
-- $6 content_mac bytea
-- $7 received_at timestamptz
insert into intake_key (client, source_id, fact, premises, kind, content_mac, received_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing
returning fact
