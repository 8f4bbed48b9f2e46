-- A proposal, held until the decision about it is written; and whether its trial is still against the set in force.
-- $1 id uuid
select p.status, p.proposed_by, p.sha256, coalesce(b.would_raise, 0) as would_raise,
    coalesce(b.would_withdraw, 0) as would_withdraw,
    coalesce(b.baseline = (select sha256 from ruleset_publication order by published_at desc, id desc limit 1), false)
        as same_baseline
from ruleset_proposal p
left join backtest b on b.id = p.backtest
where p.id = $1
for update of p
