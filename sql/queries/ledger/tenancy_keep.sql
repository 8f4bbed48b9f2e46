-- What registrations say of tenancies: a start, an end, or both in one batch.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 clients uuid[]
-- $4 started_on date[]
-- $5 ended_on date[]
insert into tenancy (premises, id, client, started_on, ended_on)
select u.premises, u.id, (array_agg(u.client))[1], max(u.started_on), max(u.ended_on)
from unnest($1, $2, $3, $4, $5) as u(premises, id, client, started_on, ended_on)
group by u.premises, u.id
order by u.premises, u.id
on conflict (premises, id) do update set
    started_on = coalesce(excluded.started_on, tenancy.started_on),
    ended_on = coalesce(excluded.ended_on, tenancy.ended_on)
