-- 0003: letters to people, written in the transaction of their cause and sent by the mailer. Address and link
-- are sealed, and wiped when the letter has gone or cannot go. Exception to premises-first keys: few rows.

create table outgoing_mail (
    id         uuid primary key,                         -- derived from its cause: written once
    kind       text not null,
    language   text not null check (language in ('nl', 'en')),
    reference  text not null,
    recipient  bytea not null,
    path       bytea not null,
    state      text not null default 'pending' check (state in ('pending', 'sent', 'dead')),
    attempts   integer not null default 0,
    next_at    timestamptz not null default now(),
    last_status integer,
    last_error text,                                     -- one of our own words
    created_at timestamptz not null default now(),
    sent_at    timestamptz
);
create index outgoing_mail_pending on outgoing_mail (next_at) where state = 'pending';
