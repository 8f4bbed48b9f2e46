-- Tenant checks past their date are destroyed.
-- $1 today date
-- $2 most bigint
delete from tenant_check
where (premises, id) in (select premises, id from tenant_check where destroy_on < $1 limit $2)
