-- A read; for the tests of transactions.
select count(*) from probe
