-- The declaration that a landlord's source id names.
-- $1 client uuid
-- $2 source_id text
select id, content_mac, status from premises_declaration where client = $1 and source_id = $2
