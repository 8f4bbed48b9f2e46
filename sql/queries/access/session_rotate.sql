-- A session goes on under a new token; the old one works a little longer, for what is under way. Of
-- requests that arrive together one gets the new token.
-- $1 token_hash bytea
-- $2 new_hash bytea
-- $3 grace_seconds bigint
with old as (
    update session
    set ended_at = now() + make_interval(secs => $3)
    where token_hash = $1 and ended_at is null and expires_at > now()
    returning account, kind, expires_at, seed
)
insert into session (token_hash, account, kind, expires_at, seed)
select $2, account, kind, expires_at, seed from old
