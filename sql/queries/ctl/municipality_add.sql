-- A municipality whose premises are routed here; adding it again keeps it.
-- $1 code text
-- $2 name text
insert into municipality (code, name) values ($1, $2) on conflict (code) do nothing
