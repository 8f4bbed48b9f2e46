-- Gives the lease back, for an orderly stop.
-- $1 name text
-- $2 shard integer
-- $3 owner uuid
-- $4 fence bigint
update follower set lease_until = now(), updated_at = now()
where name = $1 and shard = $2 and owner = $3 and fence = $4
