-- Counts an attempt to sign in before the password is looked at, so that many at once cannot pass
-- the budget together. After $2 failures the next one waits: 1 s, doubling, at most $3 seconds. An hour
-- without attempts forgets.
-- $1 key bytea
-- $2 free integer
-- $3 wait_max bigint
insert into login_budget as b (key, failures, retry_at)
values ($1, 1, now())
on conflict (key) do update set
    refused = b.retry_at > now(),
    failures = case when b.retry_at > now() then b.failures
                    when b.updated_at < now() - interval '1 hour' then 1
                    else b.failures + 1 end,
    retry_at = case when b.retry_at > now() then b.retry_at
                    when b.updated_at < now() - interval '1 hour' or b.failures + 1 < $2 then now()
                    else now() + least($3, 2 ^ least(b.failures + 1 - $2, 20)) * interval '1 second' end,
    updated_at = case when b.retry_at > now() then b.updated_at else now() end
returning refused, ceil(extract(epoch from retry_at - now()))::bigint as wait
