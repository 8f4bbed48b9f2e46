-- Trials, newest first, without their results.
-- $1 before timestamptz
-- $2 before_id uuid
-- $3 most integer
select b.id, b.status, b.history, b.since, b.until, b.requested_at, b.finished_at, b.done, b.total,
    c.sha256 as candidate, c.name as candidate_name, c.version as candidate_version,
    l.sha256 as baseline, l.name as baseline_name, l.version as baseline_version,
    coalesce(a.name, '') as requested_by, null::text as result
from backtest b
join ruleset c on c.sha256 = b.candidate
join ruleset l on l.sha256 = b.baseline
left join account a on a.id = b.requested_by
where $1 is null or (b.requested_at, b.id) < ($1, $2)
order by b.requested_at desc, b.id desc
limit $3
