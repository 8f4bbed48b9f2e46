-- A plan goes on no longer.
-- $1 client uuid
-- $2 id uuid
-- $3 ended_at timestamptz
update care_plan set ended_at = $3, sealed_to = null where client = $1 and id = $2 and ended_at is null
