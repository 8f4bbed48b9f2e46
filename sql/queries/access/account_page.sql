-- A page of accounts by name, for the administrator.
-- $1 after_name text
-- $2 most bigint
-- $3 id uuid
select a.id, a.name, a.roles, a.municipalities, coalesce(c.name, '') as client, a.created_at,
       a.totp_key is not null as totp, a.issuer is not null as provided,
       case when a.disabled_at is null then 'active'
            when a.proposed_by is not null and a.approved_by is null then 'proposed'
            else 'disabled' end as status
from account a
left join client c on c.id = a.client
where a.name > $1 and ($3 is null or a.id = $3)
order by a.name
limit $2
