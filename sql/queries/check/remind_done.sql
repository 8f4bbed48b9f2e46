-- How the call of a webhook went: sent, dead, or pending until a time.
-- $1 id uuid
-- $2 state text
-- $3 next_at timestamptz
update care_reminder set state = $2, next_at = $3 where id = $1 and state = 'pending'
