-- Webhooks that are to be called now; tried again later unless somebody says how it went.
-- $1 now timestamptz
-- $2 again_at timestamptz
-- $3 most bigint
update care_reminder r
set attempts = r.attempts + 1, next_at = $2
from care_plan p
where r.id in (select id from care_reminder where state = 'pending' and next_at <= $1 order by next_at limit $3
               for update skip locked)
  and p.id = r.plan
returning r.id, r.plan, r.due_on, r.attempts, p.subject, p.sealed_to
