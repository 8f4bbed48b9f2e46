-- Holds deliveries to a receiver back, or lets them go again ($2 null).
-- $1 id uuid
-- $2 reason text
update receiver
set paused_at = case when $2 is not null then coalesce(paused_at, now()) end, paused_reason = $2
where id = $1
returning id
