-- Referrals of an alert that nobody has answered yet.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
select r.id
from alert a
join referral r on r.premises = a.premises and r.alert = a.id
where a.id = $3 and ($1 or a.municipality = any ($2)) and r.status in ('proposed', 'approved', 'acknowledged')
