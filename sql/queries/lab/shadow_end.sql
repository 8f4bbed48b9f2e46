-- Ends a shadow and drops what it found.
-- $1 sha256 bytea
delete from shadow where sha256 = $1
