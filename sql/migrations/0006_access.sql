-- 0005: who may call, made strict. What ends a caller is told to every process at once; sessions change
-- their token while they live; one-time codes count once; a token may be narrower than its client.

-- A process remembers callers for a few seconds. Whoever changes one, by whatever way, says so here.
create function tell_access_changed() returns trigger
    language plpgsql as $$
begin
    perform pg_notify('access', 'changed');
    return null;
end $$;

create trigger client_changed after update or delete on client
    for each statement execute function tell_access_changed();
create trigger client_token_changed after update or delete on client_token
    for each statement execute function tell_access_changed();
create trigger account_changed after update of roles, municipalities, client, disabled_at or delete on account
    for each statement execute function tell_access_changed();
create trigger session_ended after update of ended_at on session
    for each statement execute function tell_access_changed();

-- What a session's CSRF token is made from; it outlives the change of the session's own token.
alter table session add column seed bytea not null default sha256(uuid_send(gen_random_uuid()));

-- The step of the last one-time code that was used: a code that was seen over a shoulder is worth nothing.
alter table account add column totp_step bigint not null default 0;

-- Empty: everything its client may.
alter table client_token
    add column id uuid not null unique default gen_random_uuid(),
    add column roles text[] not null default '{}',
    add column source_classes text[] not null default '{}',
    add column created_at timestamptz not null default now();
