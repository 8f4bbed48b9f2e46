-- Takes the oldest trial that waits, or whose process is gone. What failed three times is not tried again.
-- $1 owner uuid
-- $2 lease_s integer
update backtest b set status = 'running', owner = $1, fence = fence + 1, attempts = attempts + 1, done = 0,
    lease_until = now() + make_interval(secs => $2)
where b.id = (select id from backtest
              where attempts < 3 and (status = 'waiting' or (status = 'running' and lease_until < now()))
              order by requested_at, id limit 1 for update skip locked)
returning b.id, b.fence, b.candidate, b.baseline, b.history, b.since, b.until,
    (select min(occurred_on) from fact where status <> 'erased') as oldest,
    (select count(*) from premises where merged_into is null) as premises
