-- A trial to be run by whoever has the role batch. Nothing is added when a set is not kept.
-- $1 id uuid
-- $2 candidate bytea
-- $3 baseline bytea
-- $4 history text
-- $5 since date
-- $6 until date
-- $7 requested_by uuid
insert into backtest (id, candidate, baseline, history, since, until, requested_by)
select $1, c.sha256, b.sha256, $4, $5, $6, $7
from ruleset c, ruleset b
where c.sha256 = $2 and b.sha256 = coalesce($3, (select sha256 from ruleset_publication order by published_at desc, id desc limit 1))
