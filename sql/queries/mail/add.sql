-- A letter, unless it was written before; the mailer is woken when it commits.
-- $1 id uuid
-- $2 kind text
-- $3 language text
-- $4 reference text
-- $5 recipient bytea
-- $6 path bytea
-- $7 channel text
with added as (
    insert into outgoing_mail (id, kind, language, reference, recipient, path)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do nothing
    returning id)
select pg_notify($7, '') from added
