-- Gives all leases of a process back.
-- $1 owner uuid
update lane set owner = null, lease_until = null where owner = $1
