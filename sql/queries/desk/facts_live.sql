-- Which of these facts are live facts of the alert's premises.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
-- $4 facts uuid[]
select f.id
from alert a
join fact f on f.premises = a.premises
where a.id = $3 and ($1 or a.municipality = any ($2)) and f.id = any ($4) and f.status = 'live'
