-- What follows the watermark in the order of the log, below the horizon: the oldest transaction that has not
-- ended. One row without a fact when there is nothing. The horizon and the facts are of one snapshot.
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
    select f.generation, f.xact, f.id, f.premises
    from fact f
    where (f.generation, f.xact, f.id) > (n.generation, n.xact, n.fact)
      and (f.generation < n.current or f.xact < n.horizon)
    order by f.generation, f.xact, f.id
    limit least($5, greatest(1, $5 >> least(n.attempts, 30)))
) l on true
order by l.generation, l.xact, l.id
