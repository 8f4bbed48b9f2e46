-- The end of the chain; no row when nothing was sealed yet.
select n, hash from audit_seal order by n desc limit 1
