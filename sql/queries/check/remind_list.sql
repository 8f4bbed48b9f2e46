-- A landlord's reminders, the oldest first.
-- $1 client uuid
-- $2 after_at timestamptz
-- $3 after_id uuid
-- $4 most bigint
select r.id, r.plan, r.due_on, r.state, r.made_at, p.subject, p.object
from care_reminder r join care_plan p on p.id = r.plan
where r.client = $1 and ($2 is null or (r.made_at, r.id) > ($2, $3))
order by r.made_at, r.id
limit $4
