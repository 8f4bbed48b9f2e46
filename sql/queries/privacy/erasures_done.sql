-- A request whose erasures are all carried out.
-- $1 id uuid
update subject_request set carried_out_at = now() where id = $1 and carried_out_at is null
