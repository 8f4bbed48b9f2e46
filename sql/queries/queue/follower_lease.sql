-- Takes or renews the lease of a follower: its own, a free one, or one that has run out. A new owner gets
-- a new fencing number. No row: somebody else has it.
-- $1 name text
-- $2 shard integer
-- $3 owner uuid
-- $4 lease_ms bigint
insert into follower as f (name, shard, owner, fence, lease_until)
values ($1, $2, $3, 1, now() + $4 * interval '1 millisecond')
on conflict (name, shard) do update
    set owner = $3, fence = f.fence + (f.owner is distinct from $3)::integer,
        lease_until = now() + $4 * interval '1 millisecond', updated_at = now()
    where f.owner = $3 or f.owner is null or f.lease_until is null or f.lease_until < now()
returning fence
