-- Who is told of danger, per municipality, in order.
-- $1 after_code text
-- $2 most bigint
-- $3 code text
select m.code, m.name, array(select d.receiver from duty_list d where d.municipality = m.code order by d.position) as receivers
from municipality m
where m.code > $1 and ($3 is null or m.code = $3)
order by m.code
limit $2
