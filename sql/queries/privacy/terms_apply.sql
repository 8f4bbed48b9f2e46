-- The last day of facts whose term is counted from a verdict, a closing or the end of a tenancy, or that were
-- judged: recomputed. A fact follows the newest verdict over it; while the day it is counted from has not
-- come, it has none. A term is that of its kind and outcome, else of all kinds and that outcome, else of its
-- kind without outcome, else of all.
-- $1 kinds text[]
-- $2 outcomes text[]
-- $3 days bigint[]
-- $4 froms text[]
with term as materialized (
    select * from unnest($1, $2, $3, $4) as t(kind, outcome, days, counted_from)),
judged as materialized (
    select distinct on (d.premises, u.fact) d.premises, u.fact, d.verdict,
        (d.decided_at at time zone 'Europe/Amsterdam')::date as decided_on,
        (a.closed_at at time zone 'Europe/Amsterdam')::date as closed_on
    from decision d
    cross join unnest(d.facts) as u(fact)
    join alert a on a.premises = d.premises and a.id = d.alert
    where d.verdict in ('founded', 'unfounded')
    order by d.premises, u.fact, d.decided_at desc, d.id desc),
concerned as (
    select premises, fact from judged
    union
    select f.premises, f.id
    from tenancy t
    join fact f on f.premises = t.premises and f.tenancy = t.id
    where f.kind in (select kind from term where counted_from = 'tenancy-ended')),
wanted as (
    select f.premises, f.id, f.retention, f.received_at,
        (case t.counted_from
             when 'occurred' then f.occurred_on
             when 'received' then (f.received_at at time zone 'Europe/Amsterdam')::date
             when 'decided' then j.decided_on
             when 'closed' then j.closed_on
             when 'tenancy-ended' then n.ended_on
         end) + t.days::integer as destroy_on
    from concerned c
    join fact f on f.premises = c.premises and f.id = c.fact and f.status <> 'erased'
    left join judged j on j.premises = c.premises and j.fact = c.fact
    left join tenancy n on n.premises = f.premises and n.id = f.tenancy
    cross join lateral (
        select t.days, t.counted_from from term t
        where t.kind in (f.kind, '*') and t.outcome in (coalesce(j.verdict, 'none'), 'none')
        order by (t.outcome = coalesce(j.verdict, 'none')) desc, (t.kind = f.kind) desc
        limit 1) t)
update fact f
set destroy_on = w.destroy_on
from wanted w
where f.premises = w.premises and f.id = w.id and f.retention = w.retention and f.received_at = w.received_at
  and f.destroy_on is distinct from w.destroy_on
