-- An account by the administrator $8; with $9 it waits, disabled, for a second one.
-- $1 id uuid
-- $2 name text
-- $3 password_hash text
-- $4 roles text[]
-- $5 municipalities text[]
-- $6 client uuid
-- $7 totp_key bytea
-- $8 proposed_by uuid
-- $9 waits boolean
insert into account (id, name, password_hash, roles, municipalities, client, totp_key, proposed_by, disabled_at)
values ($1, $2, $3, $4, $5, $6, $7, case when $9 then $8 end, case when $9 then now() end)
