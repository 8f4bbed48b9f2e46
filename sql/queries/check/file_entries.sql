-- What stands beside the checks in the duty-of-care file, oldest first.
-- $1 client uuid
-- $2 premises uuid
-- $3 most bigint
select at, kind, body::text as body
from care_entry where client = $1 and premises = $2
order by id limit $3
