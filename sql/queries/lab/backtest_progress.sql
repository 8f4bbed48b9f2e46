-- How far the holder has come; no row when somebody else has taken over.
-- $1 id uuid
-- $2 fence bigint
-- $3 done bigint
-- $4 total bigint
-- $5 lease_s integer
update backtest set done = $3, total = $4, lease_until = now() + make_interval(secs => $5)
where id = $1 and fence = $2 and status = 'running'
returning id
