-- A dead letter that will never be sent; later events of its premises may go.
-- $1 name text
-- $2 event uuid
update outbox o
set state = 'skipped'
from receiver r
where r.name = $1 and o.receiver = r.id and o.id = $2 and o.state = 'dead'
returning o.premises, o.id, now() as at
