-- The end of a trial, by its holder.
-- $1 id uuid
-- $2 fence bigint
-- $3 status text
-- $4 done bigint
-- $5 result jsonb
-- $6 would_raise bigint
-- $7 would_withdraw bigint
update backtest set status = $3, done = $4, result = $5, would_raise = $6, would_withdraw = $7, finished_at = now(),
    lease_until = null
where id = $1 and fence = $2 and status = 'running'
