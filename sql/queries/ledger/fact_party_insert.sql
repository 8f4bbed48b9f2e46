-- Which facts speak of which persons.
-- $1 parties uuid[]
-- $2 premises uuid[]
-- $3 facts uuid[]
insert into fact_party (party, premises, fact)
select u.party, u.premises, u.fact from unnest($1, $2, $3) as u(party, premises, fact)
on conflict do nothing
