-- A raised and a withdrawn event of one alert cancel each other, and what lies between, as long as none
-- of them was ever sent.
-- $1 owner uuid
with pairs as (
    select w.premises, w.receiver, w.subject, r.sequence as from_sequence, w.sequence as to_sequence
    from outbox w
    join lane l on l.receiver = w.receiver and l.lane = w.lane and l.owner = $1
    join outbox r on r.premises = w.premises and r.receiver = w.receiver and r.subject = w.subject
        and r.type = 'nl.pandwacht.alert.raised' and r.sequence < w.sequence
    where w.type = 'nl.pandwacht.alert.withdrawn' and w.state = 'pending' and w.attempts = 0
        and r.state = 'pending' and r.attempts = 0)
update outbox o
set state = 'cancelled'
from pairs p
where o.premises = p.premises and o.receiver = p.receiver and o.subject = p.subject
    and o.sequence between p.from_sequence and p.to_sequence and o.state = 'pending' and o.attempts = 0
returning o.premises, o.id
