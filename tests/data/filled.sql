-- A small country's tables, for the plans of statements: enough rows in each that a sequential scan is a mistake.
create function n_uuid(n integer) returns uuid language sql immutable as $$ select md5(n::text)::uuid $$;

insert into municipality values ('GM9901', 'Vossewaard');
insert into client (id, name, controller, roles)
    select n_uuid(n), 'client ' || n, lpad(n::text, 20, '0'), '{source}' from generate_series(1, 20) n;
insert into client_token select sha256(n::text::bytea), n_uuid(1 + n % 20), now() + interval '1 day', null from generate_series(1, 5000) n;
insert into account (id, name, password_hash, roles) select n_uuid(n), 'person ' || n, 'x', '{analyst}' from generate_series(1, 500) n;
insert into session (token_hash, account, kind, expires_at)
    select sha256(n::text::bytea), n_uuid(1 + n % 500), 'bearer', now() + interval '1 day' from generate_series(1, 5000) n;
insert into login_budget (key, failures, retry_at) select sha256(n::text::bytea), 1, now() from generate_series(1, 5000) n;
insert into party (id, scheme) select n_uuid(n), 'phone' from generate_series(1, 20000) n;
insert into party_index select 1, 'phone', sha256(n::text::bytea), n_uuid(n) from generate_series(1, 20000) n;
insert into premises (id, bag_id, postcode, house_number, municipality)
    select n_uuid(n), lpad(n::text, 16, '0'), lpad((n % 9000 + 1000)::text, 4, '0') || 'AB', n % 300 + 1, 'GM9901' from generate_series(1, 20000) n;
insert into premises_alias select 'bag:' || lpad(n::text, 16, '0'), n_uuid(n) from generate_series(1, 20000) n;
insert into premises_attributes (premises, id, as_of, ground, type, attributes)
    select n_uuid(n), n_uuid(n), current_date, 'public-task', 'dwelling', '' from generate_series(1, 20000) n;
insert into tenancy select n_uuid(n), n_uuid(n), n_uuid(1 + n % 20), current_date, null from generate_series(1, 20000) n;
insert into intake_key
    select n_uuid(1 + n % 20), 's-' || n, n_uuid(n), n_uuid(1 + n % 20000), 'tip', '', now() from generate_series(1, 60000) n;
insert into fact (premises, id, retention, received_at, kind, source_class, client, controller, ground, source_id, occurred_on, payload)
    select n_uuid(1 + n % 20000), n_uuid(n), (array['short', 'standard', 'long', 'whole'])[1 + n % 4], now() - n * interval '1 second', 'tip', 1, n_uuid(1 + n % 20), lpad('', 20, '0'),
        'public-task', 's-' || n, current_date, '' from generate_series(1, 60000) n;
insert into sealed_text select n_uuid(1 + n % 20000), n_uuid(n), 0, '' from generate_series(1, 20000) n;
insert into due (premises, due_on, reason) select n_uuid(n), current_date + 30 + n % 300, 'decay' from generate_series(1, 10000) n;
insert into ruleset (sha256, name, version, bundle) values (sha256('x'), 'premises-risk', '1', 'x');
insert into ruleset_publication (id, sha256, reason) select n_uuid(n), sha256('x'), 'x' from generate_series(1, 10) n;
insert into assessment (premises, id, assessed_on, known_generation, known_xact, known_fact, ruleset, engine, level, score, latched, inputs, result)
    select n_uuid(1 + n % 20000), n_uuid(n), current_date, 1, '1', n_uuid(n), sha256('x'), '1', 0, 0, false, '', '' from generate_series(1, 40000) n;
insert into alert (premises, id, status, level, score, assessment, municipality, raised_at, due_at)
    select n_uuid(n), n_uuid(n), case when n % 10 = 0 then 'new' else 'closed' end, 1 + n % 3, n, n_uuid(n), 'GM9901',
        now() - n * interval '1 minute', now() from generate_series(1, 20000) n;
insert into alert_entry (premises, alert, id, kind) select n_uuid(n), n_uuid(n), n_uuid(n), 'note' from generate_series(1, 20000) n;
insert into decision (premises, id, alert, verdict, reason, facts, known_at_decision, decided_by)
    select n_uuid(n), n_uuid(n), n_uuid(n), 'unfounded', 'x', '{}', '{}', n_uuid(1) from generate_series(1, 20000) n;
insert into receiver (id, name, kind, oin, url, ca_file, expected_name)
    select n_uuid(n), 'receiver ' || n, 'municipality', lpad(n::text, 20, '0'), 'https://localhost/', 'x', 'x' from generate_series(1, 10) n;
insert into shadow (sha256) values (sha256('x'));
insert into shadow_assessment (premises, sha256, assessed_on, level, live_level, score, rules, next_change_on)
    select n_uuid(n), sha256('x'), current_date, n % 4, (n % 50 = 0)::int, n, '{}', current_date + n % 300 from generate_series(1, 20000) n;
insert into backtest (id, candidate, baseline, history, until, status, requested_at)
    select n_uuid(n), sha256('x'), sha256('x'), 'happened', current_date, 'done', now() - n * interval '1 minute' from generate_series(1, 2000) n;
insert into ruleset_proposal (id, sha256, backtest, reason, status, proposed_at)
    select n_uuid(n), sha256('x'), n_uuid(n), 'x', 'refused', now() - n * interval '1 minute' from generate_series(1, 2000) n;
insert into counterfactual (premises, assessment, found) select n_uuid(n), n_uuid(n), '[]' from generate_series(1, 20000) n;
insert into referral (premises, id, alert, status, receiver, purpose, ground, release, question, actions, proposed_by)
    select n_uuid(n), n_uuid(n), n_uuid(n), 'closed', n_uuid(1 + n % 10), 'x', 'wgs-1-9', '{}', 'x', '{}', n_uuid(1) from generate_series(1, 5000) n;
insert into danger_notice (premises, id, fact, verified, reported_at, acknowledge_by, acknowledged_at)
    select n_uuid(n), n_uuid(n), n_uuid(n), false, now() - n * interval '1 minute', now(), now() from generate_series(1, 5000) n;
insert into outbox (premises, receiver, id, sequence, lane, type, subject, body, state)
    select n_uuid(1 + n % 20000), n_uuid(1 + n % 10), n_uuid(n), 1, n % 64, 'nl.pandwacht.alert.raised', n_uuid(n), '{}',
        case when n % 100 = 0 then 'pending' else 'delivered' end from generate_series(1, 40000) n;
insert into outbox_sequence select n_uuid(1 + n % 20000), n_uuid(1 + n % 10), 1 from generate_series(1, 20000) n on conflict do nothing;
insert into event_receipt select n_uuid(n), n_uuid(1 + n % 10), 'processed', null, now() from generate_series(1, 20000) n;
insert into lane select n_uuid(1 + n % 10), n / 10 from generate_series(0, 639) n;
insert into tenant_check (premises, id, client, source_id, content_mac, stage, items, findings, destroy_on)
    select n_uuid(n), n_uuid(n), n_uuid(1 + n % 20), 'c-' || n, '', 'selected', '{}', '{}', current_date + n % 60 from generate_series(1, 20000) n;
insert into audit_record (id, actor_kind, action, object_kind)
    select n_uuid(n), 'system', 'x', 'x' from generate_series(1, 40000) n;
analyze;
