-- What follows the watermark in the order of the audit log, below the horizon: as follower_read, of the
-- records of who did what.
-- $1 name text
-- $2 shard integer
-- $3 owner uuid
-- $4 fence bigint
-- $5 most bigint
with follower_now as materialized (
    select f.generation, f.xact, f.fact, f.attempts, current_generation() as current,
           pg_snapshot_xmin(pg_current_snapshot()) as horizon
    from follower f
    where f.name = $1 and f.shard = $2 and f.owner = $3 and f.fence = $4 and f.lease_until > now())
select n.generation as from_generation, n.xact as from_xact, n.fact as from_fact, n.attempts, n.current, n.horizon,
       l.generation, l.xact, l.id, l.premises
from follower_now n
left join lateral (
    select r.generation, r.xact, r.id, r.premises
    from audit_record r
    where (r.generation, r.xact, r.id) > (n.generation, n.xact, n.fact)
      and (r.generation < n.current or r.xact < n.horizon)
    order by r.generation, r.xact, r.id
    limit least($5, greatest(1, $5 >> least(n.attempts, 30)))
) l on true
order by l.generation, l.xact, l.id
