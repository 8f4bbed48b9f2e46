-- A trial that brought its process down three times ends as failed, so that nobody waits for it.
update backtest set status = 'failed', finished_at = now()
where status = 'running' and attempts >= 3 and lease_until < now()
