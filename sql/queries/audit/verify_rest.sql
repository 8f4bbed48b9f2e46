-- What the chain does not hold: how many records stand behind its end and wait to be sealed, and the first
-- that stands before it, where a sealed one should have been (inserted afterwards).
-- $1 generation integer
-- $2 xact xid8
-- $3 id uuid
select count(*) filter (where (r.generation, r.xact, r.id) > ($1, $2, $3)) as unsealed,
    (select i.id from audit_record i
     where (i.generation, i.xact, i.id) <= ($1, $2, $3)
       and not exists (select from audit_seal s where s.record = i.id)
     order by i.generation, i.xact, i.id limit 1) as inserted
from audit_record r
