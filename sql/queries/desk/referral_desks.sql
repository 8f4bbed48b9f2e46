-- The desk's own receivers for the alert behind a referral, found as its receiver finds it.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 receiver_oin text
-- $4 referral uuid
select rc.id, rc.kind, rc.language, rc.release
from referral r
join receiver rv on rv.id = r.receiver
join alert a on a.premises = r.premises and a.id = r.alert
join receiver rc on rc.kind = 'desk' and (rc.municipalities = '{}' or a.municipality = any (rc.municipalities))
where r.id = $4 and case when $3 is null then $1 or a.municipality = any ($2)
                         else rv.oin = $3 or (rv.kind = 'municipality' and rv.municipalities && $2) end
