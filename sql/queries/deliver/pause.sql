-- A receiver that says it is gone is left alone until a person resumes it.
-- $1 receiver uuid
-- $2 reason text
update receiver set paused_at = now(), paused_reason = $2
where id = $1 and paused_at is null
