-- All accounts, for the operator.
select a.id, a.name, a.roles, a.municipalities, coalesce(c.name, '') as client, a.created_at, a.disabled_at
from account a
left join client c on c.id = a.client
order by a.name
