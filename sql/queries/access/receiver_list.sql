-- All receivers, for the operator.
select r.id, r.name, r.kind, r.oin, r.url, r.language, r.municipalities, r.release::text as release,
       r.paused_at, coalesce(r.paused_reason, '') as paused_reason, r.created_at,
       (select count(*) from outbox o where o.receiver = r.id and o.state = 'pending') as pending,
       (select count(*) from outbox o where o.receiver = r.id and o.state = 'dead') as dead
from receiver r
order by r.name
