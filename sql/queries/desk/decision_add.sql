-- A verdict, with every fact known when it was given: raising again needs another.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
-- $4 id uuid
-- $5 verdict text
-- $6 reason text
-- $7 facts uuid[]
-- $8 frozen_until date
-- $9 account uuid
insert into decision (premises, id, alert, tenancy, verdict, reason, facts, frozen_until, known_at_decision,
                      decided_by)
select a.premises, $4, a.id, a.tenancy, $5, $6, $7, $8,
       array(select f.id from fact f where f.premises = a.premises and f.status = 'live' order by f.id), $9
from alert a
where a.id = $3 and ($1 or a.municipality = any ($2))
