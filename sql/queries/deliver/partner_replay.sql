-- Dead letters of a partner become pending again; one of them, or all.
-- $1 name text
-- $2 event uuid
update outbox o
set state = 'pending', next_at = now(), attempts = 0
from receiver r
where r.name = $1 and o.receiver = r.id and o.state = 'dead' and (o.id = $2 or $2 is null)
returning o.premises, o.id, now() as at
