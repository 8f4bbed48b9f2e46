-- A new account.
-- $1 id uuid
-- $2 name text
-- $3 password_hash text
-- $4 roles text[]
-- $5 municipalities text[]
-- $6 client uuid
-- $7 totp_key bytea
insert into account (id, name, password_hash, roles, municipalities, client, totp_key)
values ($1, $2, $3, $4, $5, $6, $7)
