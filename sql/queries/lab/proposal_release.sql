-- A case lead lets a flood come.
-- $1 id uuid
-- $2 released_by uuid
update ruleset_proposal set status = 'published', released_by = $2, released_at = now() where id = $1
