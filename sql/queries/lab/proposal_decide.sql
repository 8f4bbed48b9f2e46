-- The second person's answer.
-- $1 id uuid
-- $2 status text
-- $3 decided_by uuid
-- $4 note text
update ruleset_proposal set status = $2, decided_by = $3, decided_at = now(), note = $4 where id = $1
