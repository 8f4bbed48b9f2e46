-- Facts of some premises that ended since their last assessment, up to a transaction of the log.
-- $1 premises uuid[]
-- $2 generation integer
-- $3 xact xid8
select f.premises, f.id, f.status
from unnest($1) as u(id)
join premises p on p.id = u.id
join assessment a on a.premises = p.id and a.id = p.assessment
join fact f on f.premises = p.id and f.status <> 'live'
where (f.ended_generation, f.ended_xact) > (a.known_generation, a.known_xact)
  and (f.ended_generation, f.ended_xact) <= ($2, $3)
order by f.premises, f.id
