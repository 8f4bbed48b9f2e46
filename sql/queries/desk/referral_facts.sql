-- The facts a referral releases, as far as they still stand.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 referral uuid
select f.kind, f.occurred_on, f.payload
from referral r
join alert a on a.premises = r.premises and a.id = r.alert
join fact f on f.premises = r.premises and f.id = any (r.release) and f.status = 'live'
where r.id = $3 and ($1 or a.municipality = any ($2))
order by f.occurred_on, f.id
