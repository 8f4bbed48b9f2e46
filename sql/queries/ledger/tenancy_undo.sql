-- A registration was retracted or corrected: the tenancy loses its start or its end.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 starts bool[]
-- $4 ends bool[]
update tenancy t
set started_on = case when u.starts then null else t.started_on end,
    ended_on = case when u.ends then null else t.ended_on end
from (
    select v.premises, v.id, bool_or(v.starts) as starts, bool_or(v.ends) as ends
    from unnest($1, $2, $3, $4) as v(premises, id, starts, ends)
    group by v.premises, v.id
    order by v.premises, v.id) as u
where t.premises = u.premises and t.id = u.id
