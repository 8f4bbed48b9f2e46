-- 0007: landlords among themselves: what they report may be let through by a municipal check without a
-- declaration; plans of what has to be looked at during a tenancy, and reminders of it; rejections, by
-- finding, so that an auditor sees whether a landlord turns people away for one reason only.
alter table observation
    add column checked_by uuid references account,
    add column checked_at timestamptz;

create table care_plan (
    id           uuid primary key,
    client       uuid not null references client,
    source_id    text not null,
    content_mac  bytea not null,
    premises     uuid not null,                          -- the landlord's own id of them
    named        jsonb not null,
    subject      text not null check (subject in ('inspection', 'payments', 'locks', 'registration')),
    object       text not null,
    every_days   integer not null check (every_days between 1 and 731),
    next_on      date not null,
    remind_by    text not null check (remind_by in ('mail', 'webhook', 'none')),
    sealed_to    bytea,                                  -- mail address or webhook
    language     text not null default 'nl' check (language in ('nl', 'en')),
    reminded_for date,                                   -- the date that a reminder was made for
    made_at      timestamptz not null,
    ended_at     timestamptz
);
create unique index care_plan_once on care_plan (client, source_id);
create index care_plan_list on care_plan (client, made_at, id);
create index care_plan_due on care_plan (next_on) where ended_at is null;

-- Written when it is due; a letter is handed to the mailer in the same transaction, a webhook is called from here.
create table care_reminder (
    plan       uuid not null references care_plan,
    due_on     date not null,
    id         uuid not null unique,
    client     uuid not null,
    state      text not null check (state in ('pending', 'sent', 'dead')),
    attempts   integer not null default 0,
    next_at    timestamptz not null default now(),
    made_at    timestamptz not null,
    primary key (plan, due_on)
);
create index care_reminder_pending on care_reminder (next_at) where state = 'pending';
create index care_reminder_list on care_reminder (client, made_at, id);

create table tenant_rejection (
    tenant_check uuid primary key,                       -- of a check that may be gone by now
    client       uuid not null,
    stage        text not null,
    letting_type text not null,
    findings     text[] not null,
    on_day       date not null,
    destroy_on   date not null
);
create index tenant_rejection_by_client on tenant_rejection (client, on_day);

-- The name of premises as premises_alias has it, for what is reported about them later.
alter table tenant_check add column alias text not null default '';
