-- Persons seen for the first time, and known ones under a newer key; sorted by scheme and mac.
-- $1 key_versions integer[]
-- $2 schemes text[]
-- $3 macs bytea[]
-- $4 parties uuid[]
with claimed as (
    insert into party_index (key_version, scheme, mac, party)
    select u.key_version, u.scheme, u.mac, u.party
    from unnest($1, $2, $3, $4) as u(key_version, scheme, mac, party)
    on conflict do nothing
    returning party, scheme)
insert into party (id, scheme)
select c.party, c.scheme from claimed c
on conflict (id) do nothing
