-- The observation that a landlord's source id names, for the check it was made of.
-- $1 client uuid
-- $2 source_id text
-- $3 tenant_check uuid
select id, content_mac from observation where client = $1 and source_id = $2 and tenant_check = $3
