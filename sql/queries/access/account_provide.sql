-- Somebody whom the provider signed in: an account made or brought up to date. No row when it was disabled here, when
-- its name is another account's, or when it is not for everywhere ($7) and none of its municipalities is ours.
-- $1 id uuid
-- $2 issuer text
-- $3 subject text
-- $4 name text
-- $5 roles text[]
-- $6 municipalities text[]
-- $7 everywhere boolean
with region as (
    select array(select code from municipality where code = any ($6) and not $7 order by code) as codes
)
insert into account (id, name, password_hash, roles, municipalities, issuer, subject)
select $1, $4, '', $5, codes, $2, $3
from region
where ($7 or codes <> '{}')
  and not exists (select from account o where o.name = $4 and (o.issuer, o.subject) is distinct from ($2, $3))
on conflict (issuer, subject) do update
set name = excluded.name, roles = excluded.roles, municipalities = excluded.municipalities
where account.disabled_at is null
returning id
