-- Whether a receiver waits for approval, and whether this administrator proposed it; locked until it is decided.
-- $1 id uuid
-- $2 account uuid
select decided_at is null as waits, proposed_by = $2 as own
from receiver_proposal
where id = $1
for update
