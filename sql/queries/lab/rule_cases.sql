-- How the alerts that each rule brought points to were decided, and what was found at them.
-- $1 rule text
select u.rule,
    count(*) filter (where a.verdict = 'founded') as founded,
    count(*) filter (where a.verdict = 'unfounded') as unfounded,
    count(*) filter (where a.verdict = 'unclear') as unclear,
    count(*) filter (where o.result = 'found') as found,
    count(*) filter (where o.result = 'nothing-found') as nothing_found,
    count(*) filter (where o.result = 'not-possible') as not_possible
from alert a
cross join lateral unnest(a.rules) as u(rule)
left join lateral (select e.body ->> 'result' as result from alert_entry e
                   where e.premises = a.premises and e.alert = a.id and e.kind = 'outcome'
                   order by e.id desc limit 1) o on true
where a.verdict is not null and ($1 is null or u.rule = $1)
group by u.rule
