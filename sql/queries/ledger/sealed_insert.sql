-- The texts of a batch, encrypted.
-- $1 premises uuid[]
-- $2 facts uuid[]
-- $3 fields smallint[]
-- $4 sealed bytea[]
insert into sealed_text (premises, fact, field, sealed)
select u.premises, u.fact, u.field, u.sealed
from unnest($1, $2, $3, $4) as u(premises, fact, field, sealed)
