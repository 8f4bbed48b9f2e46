-- 0013: what persons are owed. Which facts speak of which party; holds; certificates and traces of what was
-- erased; requests of data subjects. Erasing itself changes rows that are there already.

-- Exception: keyed by party, so that what is held of somebody is found without reading every fact.
create table fact_party (
    party    uuid not null,
    premises uuid not null,
    fact     uuid not null,
    primary key (party, premises, fact)
);
create index fact_party_by_fact on fact_party (premises, fact);

-- Party ids are random, so that their octets occur in a payload only where it speaks of them.
insert into fact_party (party, premises, fact)
select p.id, f.premises, f.id
from party p
join fact f on f.origin = p.id or position(uuid_send(p.id) in f.payload) > 0
on conflict do nothing;

create index party_index_by_party on party_index (party);

-- Facts come in the order of time, and with them their last day: a summary per block finds what is due.
create index fact_by_destroy_on on fact using brin (destroy_on) with (pages_per_range = 32);
create index decision_by_time on decision (decided_at);

-- Nothing of these premises is destroyed while a hold stands.
create table legal_hold (
    premises    uuid not null,
    id          uuid not null,
    reason      text not null check (length(reason) between 3 and 500),
    placed_at   timestamptz not null default now(),
    released_at timestamptz,
    primary key (premises, id)
);
create index legal_hold_standing on legal_hold (premises) where released_at is null;

-- Exception: keyed by itself. One for each transaction that erased; signed, and also kept outside.
create table erasure_certificate (
    id        uuid primary key,
    at        timestamptz not null,
    cause     text not null check (cause in ('retention', 'subject', 'restored')),
    request   uuid,                                      -- of a data subject
    facts     integer not null,
    sha256    bytea not null check (length(sha256) = 32), -- over the ids of premises and fact, in their order
    key_id    text not null,
    signature bytea not null check (length(signature) = 64)
);
create trigger erasure_certificate_append_only before update or delete or truncate on erasure_certificate
    for each statement execute function refuse_change();

-- That there was a fact, and no more: its row goes some time after its content. Replay needs to know.
create table erased_fact (
    premises    uuid not null,
    fact        uuid not null,
    generation  integer not null,                        -- its place in the log
    xact        xid8 not null,
    erased_at   timestamptz not null,
    certificate uuid not null,
    primary key (premises, fact)
);

-- Exception: keyed by itself. Nothing in it names the person: parties are ids, the note is sealed.
create table subject_request (
    id            uuid primary key,
    asks          text not null check (asks in ('access', 'rectification', 'erasure', 'objection', 'restriction')),
    status        text not null default 'open' check (status in ('open', 'drafted', 'approved', 'answered')),
    received_on   date not null,
    due_on        date not null,
    parties       uuid[] not null default '{}',
    places        jsonb not null default '[]',           -- [{premises, from, until}]
    note          bytea,                                 -- sealed
    created_by    uuid not null references account,
    created_at    timestamptz not null default now(),
    approved_by   uuid references account,
    approved_at   timestamptz,
    carried_out_at timestamptz,                          -- what was to be erased is
    answered_at   timestamptz
);
create index subject_request_by_due on subject_request (due_on, id);
create index subject_request_to_carry_out on subject_request (approved_at) where approved_at is not null and carried_out_at is null;

create table subject_item (
    request     uuid not null references subject_request,
    fact        uuid not null,
    premises    uuid not null,
    kind        text not null,
    proposal    text not null,
    answer      text check (answer in ('release', 'withhold', 'correct', 'erase', 'keep')),
    ground      text check (ground in ('gdpr-23', 'uavg-41', 'third-party', 'retention-duty')),
    until       date,
    answered_by uuid references account,
    answered_at timestamptz,
    primary key (request, fact)
);
create index subject_item_by_premises on subject_item (premises);
