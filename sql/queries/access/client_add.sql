-- A new client.
-- $1 id uuid
-- $2 name text
-- $3 oin text
-- $4 controller text
-- $5 roles text[]
-- $6 source_classes text[]
-- $7 municipalities text[]
-- $8 wwft_liable boolean
insert into client (id, name, oin, controller, roles, source_classes, municipalities, wwft_liable)
values ($1, $2, $3, $4, $5, $6, $7, $8)
