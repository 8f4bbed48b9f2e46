-- The premises of some dossiers, with the attributes as known up to a transaction of the log.
-- $1 premises uuid[]
-- $2 generation integer
-- $3 xact xid8
select p.id, a.attributes, p.merged_into
from unnest($1) as u(id)
join premises p on p.id = u.id
left join lateral (
    select attributes from premises_attributes a
    where a.premises = p.id and (a.generation, a.xact) <= ($2, $3)
    order by a.generation desc, a.xact desc, a.id desc limit 1) a on true
