-- A receiver that answers again gets what waits for it soon, spread over two seconds.
-- $1 receiver uuid
-- $2 in_flight uuid[]
update outbox
set next_at = now() + random() * interval '2 seconds'
where receiver = $1 and state = 'pending' and next_at > now() + interval '2 seconds' and not (id = any($2))
