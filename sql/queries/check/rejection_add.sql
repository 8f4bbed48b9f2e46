-- That a landlord turned this applicant away, by findings; once for each check.
-- $1 client uuid
-- $2 tenant_check uuid
-- $3 findings text[]
-- $4 today date
-- $5 destroy_on date
insert into tenant_rejection (tenant_check, client, stage, letting_type, findings, on_day, destroy_on)
select c.id, c.client, c.stage, c.letting_type, $3, $4, $5
from tenant_check c
where c.client = $1 and c.id = $2
on conflict (tenant_check) do nothing
