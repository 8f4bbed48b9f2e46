-- The newest assessment of some premises, and whether one of their facts ended after it, up to a
-- transaction of the log.
-- $1 premises uuid[]
-- $2 generation integer
-- $3 xact xid8
select a.premises, a.id, a.assessed_on, a.assessed_at, a.known_generation, a.known_xact, a.known_fact, a.ruleset,
    a.level, a.score, a.result, a.inputs, a.next_change_on,
    exists (select from fact f
            where f.premises = a.premises and f.status <> 'live'
              and (f.ended_generation, f.ended_xact) > (a.known_generation, a.known_xact)
              and (f.ended_generation, f.ended_xact) <= ($2, $3)) as ended_since
from unnest($1) as u(premises)
join premises p on p.id = u.premises
join assessment a on a.premises = p.id and a.id = p.assessment
