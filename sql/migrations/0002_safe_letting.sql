-- 0002: safe letting. A tenant check keeps how the landlord named the premises and looks nothing up: its
-- premises id is the landlord's own, derived from landlord and name, so that checks of two landlords cannot
-- be joined. What a landlord reports waits in a table of its own, sealed, until it is known whether
-- the landlord lets these premises; the landlord's requests touch no table of the desk at all.

alter table tenant_check
    add column named        jsonb not null default '{}',  -- {"bagId"} or {"address"} or {"premisesId"}
    add column letting_type text not null default '',
    add column due          jsonb not null default '{}';   -- {"T05": "2026-03-18"}
create index tenant_check_by_end on tenant_check (destroy_on);

-- What was checked stays as it was; it ends by its date alone.
create function refuse_rewriting() returns trigger
    language plpgsql as $$
begin
    raise exception 'the rows of % do not change', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger tenant_check_append_only before update or truncate on tenant_check
    for each statement execute function refuse_rewriting();

-- Getting in ---------------------------------------------------------------------------------------

create table landlord_invitation (
    id           uuid primary key,
    code_hash    bytea not null check (length(code_hash) = 32),  -- SHA-256 of the one-time code
    sealed_email bytea not null,
    kind         text not null check (kind in ('private', 'company', 'agent', 'corporation')),
    kvk          text,
    wwft_liable  boolean not null,
    municipality text not null references municipality,
    expires_on   date not null,
    status       text not null default 'sent' check (status in ('sent', 'accepted')),
    invited_by   uuid not null references account,
    invited_at   timestamptz not null,
    failures     integer not null default 0,             -- wrong codes; the invitation ends after some
    client       uuid references client,                 -- the landlord that came of it
    terms        text,
    accepted_at  timestamptz
);

create table premises_declaration (
    id           uuid primary key,
    client       uuid not null references client,
    source_id    text not null,
    content_mac  bytea not null,
    named        jsonb not null,
    alias        text not null,                          -- the name as premises_alias has it
    premises     uuid,                                   -- once confirmed
    role         text not null check (role in ('owner', 'agent', 'manager')),
    since        date not null,
    evidence     text,
    municipality text references municipality,
    status       text not null default 'pending' check (status in ('pending', 'confirmed', 'refused', 'ended')),
    reason       text,
    declared_at  timestamptz not null,
    decided_by   uuid references account,
    decided_at   timestamptz
);
create unique index premises_declaration_once on premises_declaration (client, source_id);
create index premises_declaration_list on premises_declaration (declared_at, id);
create index premises_declaration_by_client on premises_declaration (client, declared_at, id);

-- What landlords report. The body is sealed while it waits and gone once the fact is in the ledger.
create table observation (
    id          uuid primary key,
    client      uuid not null,
    tenant_check uuid not null,
    source_id   text not null,
    content_mac bytea not null,
    kind        text not null,
    named       jsonb not null,
    alias       text not null,
    controller  text not null,
    wwft_liable boolean not null,
    sealed_body bytea,
    received_at timestamptz not null,
    state       text not null default 'waiting' check (state in ('waiting', 'entered', 'refused')),
    lease_until timestamptz,
    fact        uuid,
    destroy_on  date not null
);
create unique index observation_once on observation (client, source_id);
create index observation_waiting on observation (received_at) where state = 'waiting';
create index observation_by_end on observation (destroy_on);
