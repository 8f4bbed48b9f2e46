-- Proposals to publish, newest first.
-- $1 before timestamptz
-- $2 before_id uuid
-- $3 most integer
select p.id, p.sha256, r.name, r.version, p.backtest, p.reason, p.status, p.proposed_at, p.decided_at, p.note,
    p.released_at, coalesce(b.would_raise, 0) as would_raise, coalesce(b.would_withdraw, 0) as would_withdraw,
    coalesce(pa.name, '') as proposed_by, coalesce(da.name, '') as decided_by, coalesce(ra.name, '') as released_by,
    pub.published_at, coalesce(p.id = (select id from ruleset_publication order by published_at desc, id desc limit 1),
                               false) as live
from ruleset_proposal p
join ruleset r on r.sha256 = p.sha256
left join backtest b on b.id = p.backtest
left join account pa on pa.id = p.proposed_by
left join account da on da.id = p.decided_by
left join account ra on ra.id = p.released_by
left join ruleset_publication pub on pub.id = p.id
where $1 is null or (p.proposed_at, p.id) < ($1, $2)
order by p.proposed_at desc, p.id desc
limit $3
