-- Premises that could be assessed are parked no more.
-- $1 premises uuid[]
delete from parked where premises = any($1)
