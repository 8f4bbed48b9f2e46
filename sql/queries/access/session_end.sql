-- Signing out, and every token this session had before.
-- $1 token_hash bytea
update session
set ended_at = now()
where (ended_at is null or ended_at > now())
  and seed = (select seed from session where token_hash = $1)
  and account = (select account from session where token_hash = $1)
