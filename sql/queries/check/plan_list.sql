-- A landlord's plans that go on.
-- $1 client uuid
-- $2 after_at timestamptz
-- $3 after_id uuid
-- $4 most bigint
select id, source_id, named::text as named, subject, object, every_days, next_on, remind_by, made_at
from care_plan
where client = $1 and ended_at is null and ($2 is null or (made_at, id) > ($2, $3))
order by made_at, id
limit $4
