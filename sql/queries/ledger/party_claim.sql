-- Persons seen for the first time, their value sealed beside them, and known ones under a newer key; sorted by
-- scheme and mac.
-- $1 key_versions integer[]
-- $2 schemes text[]
-- $3 macs bytea[]
-- $4 parties uuid[]
-- $5 sealed bytea[]
with given as (
    select * from unnest($1, $2, $3, $4, $5) as u(key_version, scheme, mac, party, sealed)),
claimed as (
    insert into party_index (key_version, scheme, mac, party)
    select g.key_version, g.scheme, g.mac, g.party from given g
    on conflict do nothing
    returning party)
insert into party (id, scheme, sealed_value)
select g.party, g.scheme, g.sealed from claimed c join given g on g.party = c.party
on conflict (id) do nothing
