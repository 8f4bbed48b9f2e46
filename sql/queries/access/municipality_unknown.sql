-- Which of these codes no municipality has.
-- $1 codes text[]
select code from unnest($1) as given (code)
where not exists (select from municipality m where m.code = given.code)
