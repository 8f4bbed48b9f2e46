-- Idempotency keys follow the facts.
-- $1 survivor uuid
-- $2 merged uuid
update intake_key k
set premises = $1
from fact f
where f.premises = $1 and k.fact = f.id and k.premises = $2
