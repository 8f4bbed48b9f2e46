-- A write; for the tests of transactions. The migrations make the table, nothing else uses it.
-- $1 a integer
-- $2 t text
insert into probe (a, t) values ($1, $2)
