-- Premises that fall due, claimed within the batch; parked ones wait for a new fact.
-- $1 today date
-- $2 most bigint
select d.premises, d.stamp from due d
where d.due_on <= $1 and not exists (select from parked where parked.premises = d.premises)
order by d.due_on, d.premises
limit $2
for update skip locked
