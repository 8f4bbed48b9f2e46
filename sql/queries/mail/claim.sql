-- Letters that are due. The attempt is counted before it is made; should the process end, they are due again.
-- $1 most integer
-- $2 hold_ms bigint
update outgoing_mail m
set attempts = m.attempts + 1, next_at = now() + $2 * interval '1 millisecond'
from (
    select id from outgoing_mail
    where state = 'pending' and next_at <= now()
    order by next_at
    limit $1
    for update skip locked) d
where m.id = d.id
returning m.id, m.kind, m.language, m.reference, m.recipient, m.path, m.attempts
