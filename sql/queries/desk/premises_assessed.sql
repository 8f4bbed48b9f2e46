-- What the last assessment of a premises says, for opening an alert by hand.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 premises uuid
select p.id, p.level, s.result
from premises p
left join assessment s on s.premises = p.id and s.id = p.assessment
where p.id = $3 and p.merged_into is null and ($1 or p.municipality = any ($2))
for update of p
