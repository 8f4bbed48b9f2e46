-- 0010: what policy owners do with rule sets: try a candidate on all history (a job of the batch role),
-- publish it as two people with that trial attached, run it as a shadow; what alerts rested on, so that the
-- precision of each rule can be measured; and what would have changed an alert's level.

-- The rules that brought points when the alert was last assessed while open.
alter table alert add column rules text[] not null default '{}';
create index alert_decided on alert (decided_at) where verdict is not null;

-- A trial of a candidate beside a baseline. Claimed by committed leases; the result is one JSON document.
-- Exception: keyed by itself.
create table backtest (
    id           uuid primary key,
    candidate    bytea not null references ruleset,
    baseline     bytea not null references ruleset,
    history      text not null check (history in ('happened', 'learnt')),
    since        date,                                    -- null: the oldest fact
    until        date not null,
    status       text not null default 'waiting' check (status in ('waiting', 'running', 'done', 'failed')),
    requested_by uuid references account,                 -- null: the operator or the daemon
    requested_at timestamptz not null default now(),
    owner        uuid,
    fence        bigint not null default 0,
    lease_until  timestamptz,
    attempts     integer not null default 0,              -- counted before the work
    done         bigint not null default 0,               -- premises
    total        bigint not null default 0,
    would_raise  bigint,                                  -- what publishing would do at once
    would_withdraw bigint,
    result       jsonb,
    finished_at  timestamptz
);
create index backtest_open on backtest (requested_at) where status in ('waiting', 'running');
create index backtest_list on backtest (requested_at desc, id desc);

-- A set on its way to being the live one. Exception: keyed by itself.
create table ruleset_proposal (
    id           uuid primary key,
    sha256       bytea not null references ruleset,
    backtest     uuid references backtest,
    reason       text not null,
    status       text not null default 'proposed' check (status in ('drafted', 'proposed', 'refused', 'held', 'published')),
    proposed_by  uuid references account,                 -- null: drafted by the daemon, nobody has taken it up yet
    proposed_at  timestamptz not null default now(),
    decided_by   uuid references account,
    decided_at   timestamptz,
    note         text not null default '',
    released_by  uuid references account,
    released_at  timestamptz
);
create index ruleset_proposal_list on ruleset_proposal (proposed_at desc, id desc);

-- Sets that are evaluated beside the live one; they never alert.
create table shadow (
    sha256     bytea primary key references ruleset,
    started_by uuid references account,
    started_at timestamptz not null default now()
);

-- What a shadow set makes of a premises, beside what the live set makes of it; both without the levels that stand.
create table shadow_assessment (
    premises       uuid not null,
    sha256         bytea not null references shadow on delete cascade,
    assessed_on    date not null,
    level          smallint not null,
    live_level     smallint not null,
    score          bigint not null,
    rules          text[] not null,
    next_change_on date,
    primary key (premises, sha256)
);
create index shadow_assessment_due on shadow_assessment (sha256, next_change_on);
create index shadow_assessment_differs on shadow_assessment (sha256, premises) where level <> live_level;

-- Small sets of facts whose absence would change the level, found when an alert is first viewed.
create table counterfactual (
    premises    uuid not null,
    assessment  uuid not null,
    found       jsonb not null,
    computed_at timestamptz not null default now(),
    primary key (premises, assessment)
);

-- Warnings that a rule must be reviewed, once each: 90, 30 and 7 days ahead, and 0 when it is past.
create table rule_warning (
    rule      text not null,
    review_by date not null,
    days      smallint not null,
    warned_at timestamptz not null default now(),
    primary key (rule, review_by, days)
);
