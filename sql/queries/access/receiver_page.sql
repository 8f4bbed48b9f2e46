-- A page of receivers and of those proposed, by name, for the administrator.
-- $1 after_name text
-- $2 most bigint
-- $3 id uuid
select r.id, r.name, r.kind, r.oin, r.url, r.language, r.municipalities, r.release::text as release,
       case when r.paused_at is null then 'active' else 'paused' end as status,
       coalesce(r.paused_reason, '') as paused_reason, r.created_at
from receiver r
where r.name > $1 and ($3 is null or r.id = $3)
union all
select p.id, p.name, p.kind, p.oin, p.url, p.language, p.municipalities, p.release::text, 'proposed', '', p.proposed_at
from receiver_proposal p
where p.decided_at is null and p.name > $1 and ($3 is null or p.id = $3)
order by name
limit $2
