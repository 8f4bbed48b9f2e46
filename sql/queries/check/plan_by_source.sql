-- The plan that a landlord's source id names.
-- $1 client uuid
-- $2 source_id text
select id, content_mac, next_on from care_plan where client = $1 and source_id = $2
