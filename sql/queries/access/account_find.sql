-- An account with a password of its own, by name.
-- $1 name text
select id from account where name = $1 and issuer is null
