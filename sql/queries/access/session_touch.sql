-- A session that is used stays awake; written at most once a minute.
-- $1 token_hash bytea
-- $2 idle_seconds bigint
update session
set last_used_at = now()
where token_hash = $1 and ended_at is null
  and last_used_at between now() - make_interval(secs => $2) and now() - interval '1 minute'
