-- The municipality that a contact point names, by code or name.
-- $1 name text
select code from municipality where code = $1 or lower(name) = lower($1)
