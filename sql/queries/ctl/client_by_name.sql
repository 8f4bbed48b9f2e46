-- The client that an import is entered for.
-- $1 name text
select id, controller, source_classes, wwft_liable from client where name = $1 and revoked_at is null
