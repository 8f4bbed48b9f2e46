-- The account that signs in; no row and a disabled one are the same to the caller.
-- $1 name text
select a.id, a.password_hash, a.roles, a.totp_key
from account a
left join client c on c.id = a.client
where a.name = $1 and a.disabled_at is null and (a.client is null or c.revoked_at is null)
