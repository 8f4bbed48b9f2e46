-- Whoever holds this token: a client by one of its tokens, or a person by a session in force. A token
-- narrows what its client may. A cookie's token that is old enough is due to be changed.
-- $1 token_hash bytea
-- $2 idle_seconds bigint
-- $3 rotate_seconds bigint
select 'client' as kind, 'token' as via, c.id, c.id as client, c.name, c.controller,
       array(select r from unnest(c.roles) r where t.roles = '{}' or r = any (t.roles)) as roles,
       array(select s from unnest(c.source_classes) s where t.source_classes = '{}' or s = any (t.source_classes)) as source_classes,
       c.municipalities, c.wwft_liable, t.expires_at, null::bytea as seed, false as rotate
from client_token t
join client c on c.id = t.client
where t.token_hash = $1 and t.revoked_at is null and t.expires_at > now() and c.revoked_at is null
union all
select 'account', s.kind, a.id, a.client, a.name, coalesce(c.controller, ''), a.roles,
       '{}', a.municipalities, coalesce(c.wwft_liable, false), s.expires_at, s.seed,
       s.kind = 'cookie' and s.ended_at is null and s.created_at < now() - make_interval(secs => $3)
from session s
join account a on a.id = s.account
left join client c on c.id = a.client
where s.token_hash = $1 and (s.ended_at is null or s.ended_at > now()) and s.expires_at > now()
  and s.last_used_at > now() - make_interval(secs => $2)
  and a.disabled_at is null and (a.client is null or c.revoked_at is null)
