-- Names that nobody has claimed yet get their premises; the arrays are sorted by alias, so that two
-- batches never wait for each other crosswise. Who loses reads the winner's afterwards.
-- $1 aliases text[]
-- $2 premises uuid[]
insert into premises_alias (alias, premises)
select u.alias, u.premises
from unnest($1, $2) as u(alias, premises)
on conflict do nothing
