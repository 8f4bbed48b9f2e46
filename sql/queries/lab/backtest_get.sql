-- One trial, whole.
-- $1 id uuid
select b.id, b.status, b.history, b.since, b.until, b.requested_at, b.finished_at, b.done, b.total,
    c.sha256 as candidate, c.name as candidate_name, c.version as candidate_version,
    l.sha256 as baseline, l.name as baseline_name, l.version as baseline_version,
    coalesce(a.name, '') as requested_by, b.result::text as result
from backtest b
join ruleset c on c.sha256 = b.candidate
join ruleset l on l.sha256 = b.baseline
left join account a on a.id = b.requested_by
where b.id = $1
