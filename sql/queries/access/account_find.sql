-- An account by name.
-- $1 name text
select id from account where name = $1
