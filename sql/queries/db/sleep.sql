-- Waits in the server; for the test of deadlines.
-- $1 seconds float8
select pg_sleep($1)::text
