-- 0003: the chain over the audit records. A link keeps the digest of its record beside the hash that ties
-- it to the link before, so that a check names the record that was altered instead of only a break. No
-- foreign key: a record that is gone must be found by the check, not hidden by the database.

drop table audit_seal;

create table audit_seal (
    n      bigint primary key check (n > 0),
    record uuid not null,
    digest bytea not null check (length(digest) = 32),   -- of the record
    hash   bytea not null check (length(hash) = 32)      -- of the link before, n and the digest
);

create trigger audit_seal_append_only before update or delete or truncate on audit_seal
    for each statement execute function refuse_change();

-- Details may be erased, never rewritten.
create trigger audit_detail_unchanged before update or truncate on audit_detail
    for each statement execute function refuse_change();

drop index audit_in_log_order;
create index audit_in_log_order on audit_record (generation, xact, id);
create index audit_by_time on audit_record (at desc, id desc);
