-- The oldest writing transaction of the cluster, which holds every follower: its age and its process (0: a
-- prepared transaction). Other users' processes are visible to members of pg_read_all_stats.
select coalesce(extract(epoch from clock_timestamp() - h.since), 0)::float8 as seconds, h.pid
from (
    select xact_start as since, pid from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
    union all
    select prepared, 0 from pg_prepared_xacts) h
order by h.since
limit 1
