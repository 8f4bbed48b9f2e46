-- A token of a client in force, perhaps narrower than the client; only its hash is kept.
-- $1 token_hash bytea
-- $2 client uuid
-- $3 expires_at timestamptz
-- $4 roles text[]
-- $5 source_classes text[]
insert into client_token (token_hash, client, expires_at, roles, source_classes)
select $1, c.id, $3, $4, $5
from client c
where c.id = $2 and c.revoked_at is null and $4 <@ c.roles and $5 <@ c.source_classes
returning id
