-- Counts the attempt before the work begins, and renews the lease: work that kills its process is seen.
-- $1 name text
-- $2 shard integer
-- $3 owner uuid
-- $4 fence bigint
-- $5 lease_ms bigint
update follower
set attempts = attempts + 1, lease_until = now() + $5 * interval '1 millisecond', updated_at = now()
where name = $1 and shard = $2 and owner = $3 and fence = $4
returning attempts
