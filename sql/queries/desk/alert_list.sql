-- The queue: the most urgent first, then the oldest. An empty list or a null filters nothing.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 statuses text[]
-- $4 levels smallint[]
-- $5 municipality text
-- $6 theme text
-- $7 assignee text
-- $8 raised_after timestamptz
-- $9 after_level smallint
-- $10 after_raised timestamptz
-- $11 after_id uuid
-- $12 due_before timestamptz
-- $13 snoozed boolean
-- $14 today date
-- $15 count integer
select a.id, a.premises, a.status, a.level, a.score, a.raised_at, a.due_at, coalesce(c.name, '') as assignee,
       a.snoozed_until, a.disputed, a.version, coalesce(prev.verdict, '') as previous_verdict,
       prev.decided_at as previous_decided_at, prev.id as previous_id,
       coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality, coalesce(p.type, '') as type,
       s.assessed_on, s.next_change_on, s.ruleset,
       r.name as ruleset_name, r.version as ruleset_version, s.result, a.themes
from alert a
join premises p on p.id = a.premises
join assessment s on s.premises = a.premises and s.id = a.assessment
join ruleset r on r.sha256 = s.ruleset
left join municipality m on m.code = p.municipality
left join account c on c.id = a.assignee
left join alert prev on prev.premises = a.premises and prev.id = a.previous
where ($1 or a.municipality = any ($2))
  and (cardinality($3) = 0 or a.status = any ($3))
  and (cardinality($4) = 0 or a.level = any ($4))
  and ($5 is null or m.code = $5 or m.name = $5)
  and ($6 is null or $6 = any (a.themes))
  and ($7 is null or ($7 = '' and a.assignee is null) or c.name = $7)
  and ($8 is null or a.raised_at > $8)
  and ($12 is null or a.due_at < $12)
  and ($13 is null or $13 = coalesce(a.snoozed_until > $14, false))
  and ($9 is null or a.level < $9 or (a.level = $9 and (a.raised_at, a.id) > ($10, $11)))
order by a.level desc, a.raised_at, a.id
limit $15
