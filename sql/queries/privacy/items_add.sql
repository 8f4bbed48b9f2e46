-- What is held: facts that speak of the person, and those of the person's addresses in the time there. A
-- proposal each; where others' words or a running case stand against it, to withhold.
-- $1 request uuid
-- $2 asks text
-- $3 parties uuid[]
-- $4 premises uuid[]
-- $5 froms date[]
-- $6 untils date[]
insert into subject_item (request, fact, premises, kind, proposal)
select $1, f.id, f.premises, f.kind,
    case $2
        when 'access' then
            case when f.source_class = 1 then 'withhold'
                 when f.source_class in (2, 5, 6) and exists (
                     select from alert a where a.premises = f.premises and a.status not in ('closed', 'withdrawn'))
                     then 'withhold'
                 else 'release' end
        when 'rectification' then 'correct'
        when 'restriction' then 'keep'
        else 'erase'
    end
from (select premises, fact from fact_party where party = any ($3)
      union
      select f.premises, f.id
      from unnest($4, $5, $6) as u(premises, since, until)
      join fact f on f.premises = u.premises and f.occurred_on between u.since and u.until) held
join fact f on f.premises = held.premises and f.id = held.fact and (f.status = 'live' or $2 = 'erasure' and f.status <> 'erased')
where f.kind not in ('retraction', 'correction')
on conflict do nothing
