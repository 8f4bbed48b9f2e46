-- A tombstone stands outside.
-- $1 certificate uuid
delete from tombstone_waiting where certificate = $1
