-- The tombstone of an erasure, to be written out.
-- $1 certificate uuid
-- $2 line text
insert into tombstone_waiting (certificate, line) values ($1, $2)
