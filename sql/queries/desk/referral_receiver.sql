-- Who a referral can go to, by OIN.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 oin text
select id
from receiver
where oin = $3 and kind in ('municipality', 'partner') and ($1 or municipalities = '{}' or municipalities && $2)
order by kind, name
limit 1
