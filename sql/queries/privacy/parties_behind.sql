-- Parties that are not in the index under the newest key, behind one of them.
-- $1 newest integer
-- $2 after uuid
-- $3 most bigint
select p.id, p.scheme, p.sealed_value
from party p
where p.id > $2 and p.sealed_value is not null
  and not exists (select from party_index i where i.party = p.id and i.key_version = $1)
order by p.id
limit $3
