-- What a proposal rests on: the trial, whether it was of this set against the set now in force, and what it foresaw.
-- $1 sha256 bytea
-- $2 backtest uuid
select r.sha256 is not null as kept, coalesce(r.sha256 = l.sha256, false) as live, b.id is not null as tried,
    coalesce(b.status = 'done', false) as done, coalesce(b.candidate = $1, false) as same_candidate,
    coalesce(b.baseline = l.sha256, false) as same_baseline
from (select 1) one
left join ruleset r on r.sha256 = $1
left join backtest b on b.id = $2
left join lateral (select sha256 from ruleset_publication order by published_at desc, id desc limit 1) l on true
