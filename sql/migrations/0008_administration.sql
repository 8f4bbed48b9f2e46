-- 0008: administration by two people. An account that may read dossiers, and a receiver of events, are proposed
-- by one administrator and approved by another; the command line, whose user holds the database anyway, adds them
-- at once. Who in a municipality is told of danger first, and who next, is a list.

-- Proposed and not yet approved: the account is there, but disabled.
alter table account
    add column proposed_by uuid references account,
    add column approved_by uuid references account,
    add constraint account_second_person check (approved_by is distinct from proposed_by or approved_by is null);

-- Exception: keyed by itself. The id becomes the receiver's.
create table receiver_proposal (
    id             uuid primary key,
    name           text not null,
    kind           text not null,
    oin            text not null,
    url            text not null,
    ca_file        text not null,
    expected_name  text not null,
    language       text not null,
    municipalities text[] not null,
    release        jsonb not null,
    proposed_by    uuid not null references account,
    proposed_at    timestamptz not null default now(),
    decided_by     uuid references account check (decided_by <> proposed_by),
    decided_at     timestamptz,
    approved       boolean
);

-- Exception: keyed by municipality.
create table duty_list (
    municipality text not null references municipality,
    position     smallint not null check (position >= 0),
    receiver     uuid not null references receiver,
    primary key (municipality, position),
    unique (municipality, receiver)
);
