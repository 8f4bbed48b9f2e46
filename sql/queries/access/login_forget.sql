-- A good password gives the budget back; budgets nobody touched for a day go with it.
-- $1 key bytea
delete from login_budget
where key = any (array(select key from login_budget where updated_at < now() - interval '1 day' limit 100) || $1)
