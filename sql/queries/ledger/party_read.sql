-- The permanent ids of persons by their keyed index.
-- $1 key_versions integer[]
-- $2 schemes text[]
-- $3 macs bytea[]
select i.key_version, i.scheme, i.mac, i.party
from unnest($1, $2, $3) as u(key_version, scheme, mac)
join party_index i on i.key_version = u.key_version and i.scheme = u.scheme and i.mac = u.mac
