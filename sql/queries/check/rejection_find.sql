-- The rejection of a check of this landlord.
-- $1 client uuid
-- $2 tenant_check uuid
select findings from tenant_rejection where client = $1 and tenant_check = $2
