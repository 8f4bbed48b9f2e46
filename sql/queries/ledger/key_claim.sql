-- Claims source ids, sorted by client and source id; who loses reads the winner's row afterwards.
-- $1 clients uuid[]
-- $2 source_ids text[]
-- $3 facts uuid[]
-- $4 premises uuid[]
-- $5 kinds text[]
-- $6 content_macs bytea[]
-- $7 received_at timestamptz[]
insert into intake_key (client, source_id, fact, premises, kind, content_mac, received_at)
select u.client, u.source_id, u.fact, u.premises, u.kind, u.content_mac, u.received_at
from unnest($1, $2, $3, $4, $5, $6, $7)
    as u(client, source_id, fact, premises, kind, content_mac, received_at)
on conflict do nothing
