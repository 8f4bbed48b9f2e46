-- A client by name.
-- $1 name text
select id from client where name = $1 and revoked_at is null
