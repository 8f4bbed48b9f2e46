-- A landlord as a client: no certificate, no token, known by its account.
-- $1 id uuid
-- $2 name text
-- $3 controller text
-- $4 municipality text
-- $5 wwft_liable bool
insert into client (id, name, controller, roles, municipalities, wwft_liable)
values ($1, $2, $3, array['landlord'], array[$4], $5)
