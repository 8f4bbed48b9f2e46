-- 0003: the duty-of-care file of a landlord: what stands beside the checks themselves. Rows are added and
-- never rewritten; evidence is kept as its hash, the document stays with the landlord.
create table care_entry (
    client       uuid not null,
    premises     uuid not null,                          -- the landlord's own id of them
    id           uuid not null,                          -- UUIDv7: its order
    source_id    text not null,
    content_mac  bytea not null,
    tenant_check uuid,
    kind         text not null check (kind in ('evidence', 'inspection')),
    body         jsonb not null,
    at           timestamptz not null,
    destroy_on   date not null,
    primary key (client, premises, id)
);
create unique index care_entry_once on care_entry (client, source_id);
create index care_entry_by_end on care_entry (destroy_on);
create trigger care_entry_append_only before update or truncate on care_entry
    for each statement execute function refuse_rewriting();
