-- 0001: the house. Every table that facts, parties, premises, assessments, alerts, delivery and
-- audit need, in their final shape. Primary keys begin with the premises, so that the same schema
-- can be spread over machines by it; the declared exceptions (intake_key, premises_alias, party,
-- receiver, accounts and clients) say so. Followers read the log by (generation, xact, id), never by id alone.

-- One row per life of the cluster. Transaction ids restart when a cluster is restored or copied;
-- the generation rises then, so that positions stay ordered for ever.
create table log_generation (
    generation        integer primary key,
    system_identifier bigint not null,
    timeline          integer not null,
    restore_epoch     integer not null default 0,
    since             timestamptz not null default now()
);

create function current_generation() returns integer
    language sql stable
    return (select max(generation) from log_generation);

-- Begins a new generation when this is not the cluster (or the timeline) of the newest one. Run on each
-- new connection, before anything is written; cheap when nothing changed.
create function ensure_generation() returns integer
    language plpgsql as $$
declare
    here_system bigint := (select system_identifier from pg_control_system());
    here_timeline integer;
    newest log_generation;
begin
    if pg_is_in_recovery() then
        return current_generation();
    end if;
    here_timeline := ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer;
    select * into newest from log_generation order by generation desc limit 1;
    if newest.system_identifier = here_system and newest.timeline = here_timeline then
        return newest.generation;
    end if;
    lock table log_generation in exclusive mode;
    insert into log_generation (generation, system_identifier, timeline, restore_epoch)
    select coalesce(max(g.generation), 0) + 1, here_system, here_timeline, coalesce(max(g.restore_epoch), 0)
    from log_generation g
    having not exists (select from log_generation n
                       where n.generation = (select max(generation) from log_generation)
                         and n.system_identifier = here_system and n.timeline = here_timeline);
    return current_generation();
end $$;

select ensure_generation();

-- For the tests of transactions; empty otherwise.
create table probe (
    a integer primary key,
    t text
);

create table municipality (
    code text primary key check (code ~ '^GM[0-9]{4}$'),
    name text not null unique
);

-- Who may call ---------------------------------------------------------------------------------

create table client (
    id             uuid primary key,
    name           text not null unique,
    oin            text check (oin ~ '^[0-9]{20}$'),     -- how its certificate names it
    controller     text not null check (controller ~ '^[0-9]{20}$'), -- OIN of whose data it sends
    roles          text[] not null,                      -- source landlord municipality partner
    source_classes text[] not null default '{}',         -- what it may send
    municipalities text[] not null default '{}',         -- empty: all of this installation
    wwft_liable    boolean not null default false,
    created_at     timestamptz not null default now(),
    revoked_at     timestamptz
);
create unique index client_by_oin on client (oin) where revoked_at is null;

create table client_token (
    token_hash bytea primary key check (length(token_hash) = 32),  -- SHA-256 of the token
    client     uuid not null references client,
    expires_at timestamptz not null,
    revoked_at timestamptz
);

create table account (
    id             uuid primary key,
    name           text not null unique,
    password_hash  text not null,                        -- scrypt, parameters inside
    totp_key       bytea,                                -- sealed
    roles          text[] not null,
    municipalities text[] not null default '{}',         -- empty: all
    client         uuid references client,               -- a landlord's or municipality's own people
    created_at     timestamptz not null default now(),
    disabled_at    timestamptz
);

create table session (
    token_hash   bytea primary key check (length(token_hash) = 32),
    account      uuid not null references account,
    kind         text not null check (kind in ('cookie', 'bearer')),
    created_at   timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at   timestamptz not null,
    ended_at     timestamptz
);

-- Failed sign-ins, by SHA-256 of account name and address: guessing waits, and nobody can lock out
-- somebody else from elsewhere. Also kept for names that do not exist, so that they answer alike.
create table login_budget (
    key        bytea primary key check (length(key) = 32),
    failures   integer not null,
    retry_at   timestamptz not null,
    refused    boolean not null default false,           -- the last attempt came before retry_at
    updated_at timestamptz not null default now()
);
create index login_budget_by_age on login_budget (updated_at);

-- Persons: permanent random ids; the index to them is keyed, the clear value sealed or absent ----

create table party (
    id           uuid primary key,
    scheme       text not null,
    sealed_value bytea,                                  -- key id, nonce, ciphertext, tag
    created_at   timestamptz not null default now()
);

create table party_index (
    key_version integer not null,
    scheme      text not null,
    mac         bytea not null check (length(mac) = 32),
    party       uuid not null references party,
    primary key (key_version, scheme, mac)
);

-- Premises ---------------------------------------------------------------------------------------

create table premises (
    id           uuid primary key,
    bag_id       text check (bag_id ~ '^[0-9]{16}$'),
    postcode     text,
    house_number integer,
    house_letter text,
    addition     text,
    municipality text references municipality,           -- routes only; null: not known yet
    unit         text,
    parent       uuid,
    type         text,
    attributes   bytea,                                  -- the attribute record in force, as stored facts are
    version      bigint not null default 1,              -- ETag of the attributes
    merged_into  uuid,
    -- what the last assessment says, beside the premises so that a look needs one row
    assessment   uuid,
    assessed_on  date,
    level        smallint not null default 0 check (level between 0 and 3),
    score        bigint not null default 0,              -- thousandths
    created_at   timestamptz not null default now()
);

create index premises_by_bag on premises (bag_id) where bag_id is not null;
create index premises_by_address on premises (postcode, house_number) where postcode is not null;

-- One premises has many names: 'bag:0363010000000001', 'adr:1012AB 12 a 3'. Exception: keyed by name.
create table premises_alias (
    alias    text primary key,
    premises uuid not null
);

-- Attributes as they were known, for replay and ?asOf=.
create table premises_attributes (
    premises   uuid not null,
    id         uuid not null,
    client     uuid,
    account    uuid,
    as_of      date not null,
    ground     text not null,
    type       text not null,
    attributes bytea not null,
    generation integer not null default current_generation(),
    xact       xid8 not null default pg_current_xact_id(),
    known_at   timestamptz not null default now(),
    primary key (premises, id)
);

-- A tenancy's id is derived from its client and the registration's source id, so that a fact may
-- name a registration that has yet to arrive. Kept by the ledger from live registrations.
create table tenancy (
    premises   uuid not null,
    id         uuid not null,
    client     uuid not null,
    started_on date,
    ended_on   date,
    primary key (premises, id)
);

-- The log ------------------------------------------------------------------------------------------

-- Idempotency of intake. Exception: keyed by client and source id; kept as long as the facts.
create table intake_key (
    client      uuid not null,
    source_id   text not null,
    fact        uuid not null,
    premises    uuid not null,
    kind        text not null,
    content_mac bytea not null,                          -- HMAC of the canonical request
    received_at timestamptz not null,
    primary key (client, source_id)
);
create index intake_key_by_fact on intake_key (fact);

-- Facts are the truth: appended, never changed but for their end (retracted, corrected, erased).
create table fact (
    premises         uuid not null,
    id               uuid not null,                      -- UUIDv7
    retention        text not null,                      -- retention class, of rules/retention.yaml
    received_at      timestamptz not null,
    generation       integer not null default current_generation(),
    xact             xid8 not null default pg_current_xact_id(),
    kind             text not null,
    source_class     smallint not null,
    client           uuid not null,
    controller       text not null,
    ground           text not null,
    source_id        text not null,
    tenancy          uuid,
    occurred_on      date not null,
    origin           uuid,                               -- party of a tip's origin; null: anonymous
    report           uuid,                               -- facts of one report or visit
    based_on         uuid[] not null default '{}',
    danger           boolean not null default false,
    payload          bytea not null,                     -- the kind's fields, by permanent number
    destroy_on       date,
    status           text not null default 'live' check (status in ('live', 'retracted', 'corrected', 'erased')),
    ended_by         uuid,                               -- the fact that ended it
    ended_at         timestamptz,
    ended_generation integer,
    ended_xact       xid8,
    primary key (premises, id, retention, received_at)
) partition by list (retention);
create index fact_in_log_order on fact (generation, xact, id);

-- By retention class, then year; the default partitions catch what no year has been made for yet.
create table fact_short partition of fact for values in ('short') partition by range (received_at);
create table fact_short_default partition of fact_short default;
create table fact_standard partition of fact for values in ('standard') partition by range (received_at);
create table fact_standard_default partition of fact_standard default;
create table fact_long partition of fact for values in ('long') partition by range (received_at);
create table fact_long_default partition of fact_long default;
create table fact_other partition of fact default;

-- Free text and notes, encrypted: no rule can read them.
create table sealed_text (
    premises uuid not null,
    fact     uuid not null,
    field    smallint not null,                          -- the field's permanent number; 0 = note
    sealed   bytea not null,                             -- key id, nonce, ciphertext, tag
    primary key (premises, fact, field)
);

-- The dossier cache: typed records of the live facts, at most 4 kB a chunk, rebuildable from fact.
create table dossier_chunk (
    premises uuid not null,
    n        integer not null,
    layout   bytea not null,                             -- hash of the declarations it was written under
    records  bytea not null,
    facts    integer not null,
    primary key (premises, n)
);

-- How far each follower of the log has come.
create table follower (
    name       text not null,
    shard      integer not null default 0,
    generation integer not null default 0,
    xact       xid8 not null default '0',
    fact       uuid not null default '00000000-0000-0000-0000-000000000000',
    owner      uuid,
    fence      bigint not null default 0,
    lease_until timestamptz,
    attempts   integer not null default 0,               -- counted before the work, back to 0 with it done
    updated_at timestamptz not null default now(),
    primary key (name, shard)
);

-- Premises whose assessment failed for a reason of their own: left alone, counted, shown, tried
-- again when a new fact comes or a person asks; they never hold up the others.
create table parked (
    premises uuid primary key,
    reason   text not null,                              -- one of our own words
    since    timestamptz not null default now(),
    attempts integer not null default 1
);

-- What must be looked at again by itself: decay, window ends, a new rule set, a decision.
create table due (
    premises uuid primary key,
    due_on   date not null,
    reason   text not null,
    attempts integer not null default 0,
    stamp    bigint not null default 1                   -- rises with every wake-up, so that none is lost
);
create index due_by_day on due (due_on);

-- Which transaction woke the premises: a follower may only take what lies below the horizon of the log,
-- else it would miss what that transaction wrote beside it.
alter table due add column xact xid8 not null default pg_current_xact_id();

create function note_wake_up() returns trigger
    language plpgsql as $$
begin
    new.xact := pg_current_xact_id();
    return new;
end $$;

create trigger due_wake_up before update on due
    for each row execute function note_wake_up();

-- Rule sets and assessments ------------------------------------------------------------------------

create table ruleset (
    sha256     bytea primary key check (length(sha256) = 32),
    name       text not null,
    version    text not null,
    bundle     text not null,                            -- the whole set, as it is hashed
    created_at timestamptz not null default now()
);

-- The live set is the newest row.
create table ruleset_publication (
    id           uuid primary key,
    sha256       bytea not null references ruleset,
    published_at timestamptz not null default now(),
    published_by uuid,
    approved_by  uuid,
    reason       text not null
);
create index ruleset_publication_newest on ruleset_publication (published_at desc, id desc);

create table assessment (
    premises         uuid not null,
    id               uuid not null,
    assessed_on      date not null,                      -- civil day in the Netherlands
    assessed_at      timestamptz not null default now(),
    known_generation integer not null,                   -- known: everything before this position of the log
    known_xact       xid8 not null,
    known_fact       uuid not null,
    ruleset          bytea not null references ruleset,
    engine           text not null,
    tenancy          uuid,
    level            smallint not null,
    score            bigint not null,                    -- thousandths
    latched          boolean not null,
    inputs           bytea not null,                     -- decisions and latches it read, for replay
    result           bytea not null,                     -- integers only, canonical
    next_change_on   date,
    primary key (premises, id)
);

-- Alerts and what people do with them --------------------------------------------------------------

create table alert (
    premises      uuid not null,
    id            uuid not null,
    tenancy       uuid,
    status        text not null check (status in
                      ('new', 'claimed', 'weighing', 'referred', 'awaiting-outcome', 'closed', 'withdrawn')),
    level         smallint not null,
    score         bigint not null,
    assessment    uuid not null,
    themes        text[] not null default '{}',
    municipality  text,
    raised_at     timestamptz not null,
    due_at        timestamptz not null,
    assignee      uuid references account,
    lease_until   timestamptz,
    snoozed_until date,
    disputed      boolean not null default false,
    verdict       text check (verdict in ('founded', 'unfounded', 'unclear')),
    decided_at    timestamptz,
    previous      uuid,                                  -- the closed alert before it
    closed_at     timestamptz,
    version       bigint not null default 1,             -- ETag
    primary key (premises, id)
);
create unique index alert_one_open on alert (premises) where status not in ('closed', 'withdrawn');
create index alert_by_id on alert (id);
create index alert_list on alert (level desc, raised_at, id);
create index alert_queue on alert (level desc, raised_at, id) where status not in ('closed', 'withdrawn');

-- Everything that happened to an alert, in order; notes, weighings, claims, levels.
create table alert_entry (
    premises uuid not null,
    alert    uuid not null,
    id       uuid not null,                              -- UUIDv7: its order
    at       timestamptz not null default now(),
    kind     text not null,
    account  uuid,                                       -- null: the system
    body     jsonb not null default '{}',
    primary key (premises, alert, id)
);

-- Verdicts. The position says when the system knew, for replay.
create table decision (
    premises   uuid not null,
    id         uuid not null,
    alert      uuid not null,
    tenancy    uuid,
    verdict    text not null check (verdict in ('founded', 'unfounded', 'unclear')),
    reason     text not null,
    facts      uuid[] not null,
    frozen_until date,
    known_at_decision uuid[] not null,                   -- every fact known then: raising again needs another
    decided_by uuid not null,
    decided_at timestamptz not null default now(),
    generation integer not null default current_generation(),
    xact       xid8 not null default pg_current_xact_id(),
    primary key (premises, id)
);

create table referral (
    premises       uuid not null,
    id             uuid not null,
    alert          uuid not null,
    status         text not null check (status in ('proposed', 'approved', 'refused', 'acknowledged', 'returned', 'closed')),
    receiver       uuid not null,
    purpose        text not null,
    ground         text not null,
    release        uuid[] not null,
    question       text not null,
    actions        text[] not null,
    acknowledge_by date,
    respond_by     date,
    proposed_by    uuid not null references account,
    proposed_at    timestamptz not null default now(),
    approved_by    uuid references account,
    approved_at    timestamptz,
    version        bigint not null default 1,
    primary key (premises, id)
);
create index referral_by_id on referral (id);
create index referral_by_receiver on referral (receiver, proposed_at);

create table danger_notice (
    premises        uuid not null,
    id              uuid not null,
    fact            uuid not null,
    rule            text,
    danger_kind     text,
    category        text,
    verified        boolean not null,
    municipality    text,
    reported_at     timestamptz not null,
    acknowledge_by  timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    primary key (premises, id)
);
create unique index danger_one_open on danger_notice (premises) where acknowledged_at is null;
create index danger_by_time on danger_notice (reported_at desc, id desc);
create index danger_by_id on danger_notice (id);

-- Delivery -----------------------------------------------------------------------------------------

-- Exception: keyed by itself.
create table receiver (
    id             uuid primary key,
    name           text not null unique,
    kind           text not null check (kind in ('desk', 'municipality', 'partner', 'duty')),
    oin            text not null check (oin ~ '^[0-9]{20}$'),
    url            text not null check (url like 'https://%'),
    ca_file        text not null,
    expected_name  text not null,
    certificate    text,                                 -- file names; null: the house's own
    private_key    text,
    language       text not null default 'nl' check (language in ('nl', 'en')),
    municipalities text[] not null default '{}',
    release        jsonb not null default '{}',
    private_range  boolean not null default false,       -- may resolve to a private address
    paused_at      timestamptz,
    paused_reason  text,
    created_at     timestamptz not null default now()
);

-- Events for receivers, written by whoever decides that one is due, in the same transaction.
create table outbox (
    premises    uuid not null,
    receiver    uuid not null references receiver,
    id          uuid not null,                           -- derived: the same cause, the same id
    sequence    bigint not null,                         -- per receiver and premises
    lane        smallint not null,                       -- hash of the premises modulo 64
    type        text not null,
    subject     uuid not null,                           -- alert, referral or notice
    body        jsonb not null,                          -- the CloudEvent as it is sent
    state       text not null default 'pending' check (state in ('pending', 'delivered', 'dead', 'cancelled', 'skipped')),
    attempts    integer not null default 0,
    next_at     timestamptz not null default now(),
    last_status integer,
    last_error  text,                                    -- one of our own words, never a receiver's text
    created_at  timestamptz not null default now(),
    delivered_at timestamptz,
    generation  integer not null default current_generation(),
    xact        xid8 not null default pg_current_xact_id(),
    primary key (premises, receiver, id)
);
create index outbox_pending on outbox (receiver, lane, next_at) where state = 'pending';
create index outbox_by_id on outbox (id);
-- What stands before an event of the same premises and receiver: little, and only while it is there.
create index outbox_open on outbox (premises, receiver, sequence) where state in ('pending', 'dead');
-- Withdrawals that may cancel what was never sent.
create index outbox_withdrawals on outbox (receiver, lane) where state = 'pending' and type = 'nl.pandwacht.alert.withdrawn';
-- For receivers that catch up: by the position of the log, not by id.
create index outbox_in_log_order on outbox (receiver, generation, xact, id);

-- What a receiver says it did with an event.
create table event_receipt (
    event    uuid not null,
    receiver uuid not null references receiver,
    status   text not null check (status in ('processed', 'rejected')),
    reason   text,
    at       timestamptz not null default now(),
    primary key (event, receiver)
);

create table outbox_sequence (
    premises uuid not null,
    receiver uuid not null,
    last     bigint not null,
    primary key (premises, receiver)
);

-- The unit of claiming: one process at a time sends on a lane, under a fencing number.
create table lane (
    receiver    uuid not null references receiver,
    lane        smallint not null,
    owner       uuid,
    fence       bigint not null default 0,
    lease_until timestamptz,
    primary key (receiver, lane)
);

-- Tenant check -------------------------------------------------------------------------------------

create table tenant_check (
    premises    uuid not null,
    id          uuid not null,
    client      uuid not null,
    source_id   text not null,
    content_mac bytea not null,
    stage       text not null,
    items       jsonb not null,
    findings    jsonb not null,
    created_at  timestamptz not null default now(),
    destroy_on  date not null,
    primary key (premises, id)
);
create unique index tenant_check_once on tenant_check (client, source_id);
create index tenant_check_by_id on tenant_check (id);

-- Audit ----------------------------------------------------------------------------------------------

-- Append-only; details that may have to be erased lie beside it, the record holds their salted hash.
create table audit_record (
    id          uuid primary key,
    at          timestamptz not null default now(),
    actor_kind  text not null check (actor_kind in ('client', 'account', 'system', 'operator')),
    actor       uuid,
    action      text not null,
    object_kind text not null,
    object      uuid,
    premises    uuid,
    detail_hash bytea,
    generation  integer not null default current_generation(),
    xact        xid8 not null default pg_current_xact_id()
);
create index audit_in_log_order on audit_record (xact, id);

create table audit_detail (
    record uuid primary key references audit_record,
    salt   bytea not null,
    detail jsonb not null
);

-- The chain over the records, written by one sealer.
create table audit_seal (
    n      bigint primary key,
    record uuid not null unique references audit_record,
    hash   bytea not null
);

create function refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception 'the table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger audit_record_append_only before update or delete or truncate on audit_record
    for each statement execute function refuse_change();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
    for each statement execute function refuse_change();
