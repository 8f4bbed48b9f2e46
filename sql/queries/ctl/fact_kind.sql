-- The kind of a fact, for the operator who retracts it; by the key, which is indexed by fact.
-- $1 fact uuid
select kind from intake_key where fact = $1
