-- A token of a client; only its hash is kept.
-- $1 token_hash bytea
-- $2 client uuid
-- $3 expires_at timestamptz
insert into client_token (token_hash, client, expires_at) values ($1, $2, $3)
