-- The survivor has the tenancies of the merged premises too.
-- $1 survivor uuid
-- $2 merged uuid
insert into tenancy (premises, id, client, started_on, ended_on)
select $1, id, client, started_on, ended_on from tenancy where premises = $2
on conflict do nothing
