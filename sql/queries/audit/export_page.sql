-- A page of the sealed record, oldest first, with the details that were not erased.
-- $1 after bigint
-- $2 since timestamptz
-- $3 until timestamptz
-- $4 most bigint
select s.n, r.id, r.at, r.actor_kind, r.actor, r.action, r.object_kind, r.object, r.premises, d.detail::text as detail,
    s.hash
from audit_seal s
join audit_record r on r.id = s.record
left join audit_detail d on d.record = r.id
where s.n > $1 and ($2 is null or r.at >= $2) and ($3 is null or r.at < $3)
order by s.n
limit $4
