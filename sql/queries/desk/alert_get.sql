-- One alert with the assessment that stands behind it.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
select a.id, a.premises, a.status, a.level, a.score, a.raised_at, a.due_at, coalesce(c.name, '') as assignee,
       a.snoozed_until, a.disputed, a.version, coalesce(prev.verdict, '') as previous_verdict,
       prev.decided_at as previous_decided_at, prev.id as previous_id,
       coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality, coalesce(p.type, '') as type,
       s.assessed_on, s.next_change_on, s.ruleset,
       r.name as ruleset_name, r.version as ruleset_version, s.result
from alert a
join premises p on p.id = a.premises
join assessment s on s.premises = a.premises and s.id = a.assessment
join ruleset r on r.sha256 = s.ruleset
left join municipality m on m.code = p.municipality
left join account c on c.id = a.assignee
left join alert prev on prev.premises = a.premises and prev.id = a.previous
where a.id = $3 and ($1 or a.municipality = any ($2))
