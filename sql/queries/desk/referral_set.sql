-- The new state of a referral that this transaction has locked.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 premises uuid
-- $4 id uuid
-- $5 status text
-- $6 approved_by uuid
-- $7 acknowledge_by date
update referral r
set status = $5, version = r.version + 1,
    approved_by = coalesce($6, r.approved_by),
    approved_at = case when $6 is not null and r.approved_at is null then now() else r.approved_at end,
    acknowledge_by = coalesce($7, r.acknowledge_by)
from alert a
where r.premises = $3 and r.id = $4 and a.premises = r.premises and a.id = r.alert
  and ($1 or a.municipality = any ($2))
