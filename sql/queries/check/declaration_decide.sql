-- What the municipality says of a declaration.
-- $1 id uuid
-- $2 status text
-- $3 premises uuid
-- $4 reason text
-- $5 decided_by uuid
-- $6 decided_at timestamptz
update premises_declaration
set status = $2, premises = $3, reason = $4, decided_by = $5, decided_at = $6
where id = $1
