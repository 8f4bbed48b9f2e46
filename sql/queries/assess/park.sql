-- A premises that cannot be assessed: counted and visible.
-- $1 premises uuid
-- $2 reason text
insert into parked (premises, reason) values ($1, $2)
on conflict (premises) do update set reason = excluded.reason, attempts = parked.attempts + 1
