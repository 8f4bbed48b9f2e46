-- What people decided about some premises, oldest first.
-- $1 premises uuid[]
select premises, tenancy, verdict, facts, frozen_until, decided_at
from decision where premises = any($1)
order by premises, decided_at, id
