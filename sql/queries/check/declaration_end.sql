-- A landlord no longer lets these premises.
-- $1 client uuid
-- $2 id uuid
update premises_declaration set status = 'ended'
where client = $1 and id = $2 and status in ('pending', 'confirmed')
