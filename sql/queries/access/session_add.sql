-- A new session; only the hash of its token is kept.
-- $1 token_hash bytea
-- $2 account uuid
-- $3 kind text
-- $4 expires_at timestamptz
insert into session (token_hash, account, kind, expires_at)
values ($1, $2, $3, $4)
