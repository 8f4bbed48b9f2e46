-- Records behind one position of the log up to another, in its order, to be sealed.
-- $1 from_generation integer
-- $2 from_xact xid8
-- $3 from_id uuid
-- $4 to_generation integer
-- $5 to_xact xid8
-- $6 to_id uuid
select r.id, r.at, r.actor_kind, r.actor, r.action, r.object_kind, r.object, r.premises, r.detail_hash,
    r.generation, r.xact
from audit_record r
where (r.generation, r.xact, r.id) > ($1, $2, $3) and (r.generation, r.xact, r.id) <= ($4, $5, $6)
order by r.generation, r.xact, r.id
