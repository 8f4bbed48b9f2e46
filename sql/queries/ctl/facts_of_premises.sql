-- Every fact of one premises, newest first, for the operator.
-- $1 premises uuid
select id, kind, status, source_class, occurred_on, received_at, payload
from fact where premises = $1 order by received_at desc, id desc
