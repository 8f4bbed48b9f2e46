-- The answer to one item.
-- $1 request uuid
-- $2 fact uuid
-- $3 answer text
-- $4 ground text
-- $5 until date
-- $6 account uuid
update subject_item
set answer = $3, ground = $4, until = $5, answered_by = $6, answered_at = now()
where request = $1 and fact = $2
returning fact, kind, proposal, answer, ground, until
