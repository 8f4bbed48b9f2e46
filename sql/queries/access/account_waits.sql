-- Whether an account waits for approval, and whether this administrator proposed it.
-- $1 id uuid
-- $2 account uuid
select proposed_by is not null and approved_by is null as waits, proposed_by is not distinct from $2 as own
from account
where id = $1
