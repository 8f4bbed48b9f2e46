-- One party, its value as it is sealed.
-- $1 id uuid
select scheme, sealed_value from party where id = $1
