-- A new duty list: only receivers of kind duty that hear of this municipality.
-- $1 code text
-- $2 receivers uuid[]
insert into duty_list (municipality, position, receiver)
select $1, given.position - 1, r.id
from unnest($2) with ordinality as given (id, position)
join receiver r on r.id = given.id and r.kind = 'duty' and (r.municipalities = '{}' or $1 = any (r.municipalities))
