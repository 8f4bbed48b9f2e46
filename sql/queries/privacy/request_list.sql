-- Requests, the most urgent first, behind a place in that order.
-- $1 asks text
-- $2 after_due date
-- $3 after_id uuid
-- $4 most integer
select r.id, r.asks, r.status, r.received_on, r.due_on
from subject_request r
where ($1 is null or r.asks = $1) and ($2 is null or (r.due_on, r.id) > ($2, $3))
order by r.due_on, r.id
limit $4
