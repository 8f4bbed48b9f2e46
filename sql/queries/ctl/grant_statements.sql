-- A role's database user with what its statements need; or what a superuser has to run first.
-- $1 who text
-- $2 statements text[]
-- $3 types text[]
select grant_statements($1, $2, $3) as missing
