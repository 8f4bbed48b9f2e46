-- The history of an alert, newest first, from before an entry on.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
-- $4 before uuid
-- $5 count integer
select e.id, e.at, e.kind, e.body, coalesce(c.name, '') as name
from alert a
join alert_entry e on e.premises = a.premises and e.alert = a.id
left join account c on c.id = e.account
where a.id = $3 and ($1 or a.municipality = any ($2)) and ($4 is null or e.id < $4)
order by e.id desc
limit $5
