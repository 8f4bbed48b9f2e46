-- An account that may read dossiers waits for a second administrator after its password was set by one.
-- $1 id uuid
-- $2 account uuid
update account
set proposed_by = $2, approved_by = null, disabled_at = coalesce(disabled_at, now())
where id = $1
