-- The account that a landlord signs in with; no row: the name is taken.
-- $1 id uuid
-- $2 name text
-- $3 password_hash text
-- $4 client uuid
insert into account (id, name, password_hash, roles, client)
values ($1, $2, $3, array['landlord'], $4)
on conflict (name) do nothing
returning id
