-- Signing out.
-- $1 token_hash bytea
update session set ended_at = now() where token_hash = $1 and ended_at is null
