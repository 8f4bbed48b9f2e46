-- A page of the chain with the records it seals, and whether the detail beside a record is still what the
-- record says (null: there is none, or it was erased).
-- $1 after bigint
-- $2 most bigint
select r.id, r.at, r.actor_kind, r.actor, r.action, r.object_kind, r.object, r.premises, r.detail_hash,
    r.generation, r.xact, s.n, s.record, s.digest, s.hash,
    sha256(d.salt || convert_to(d.detail::text, 'UTF8')) = r.detail_hash as detail_fits,
    r.detail_hash is not null and d.record is null as detail_erased
from audit_seal s
left join audit_record r on r.id = s.record
left join audit_detail d on d.record = s.record
where s.n > $1
order by s.n
limit $2
