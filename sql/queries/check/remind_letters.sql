-- Those of these reminders that go by letter, and where to.
-- $1 ids uuid[]
select r.id, r.plan, p.sealed_to, p.language
from care_reminder r join care_plan p on p.id = r.plan
where r.id = any ($1) and p.remind_by = 'mail' and p.sealed_to is not null
