-- Ends one token of a client.
-- $1 client uuid
-- $2 id uuid
update client_token set revoked_at = now() where client = $1 and id = $2 and revoked_at is null returning id
