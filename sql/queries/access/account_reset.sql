-- A new password ends what the old one opened.
-- $1 name text
-- $2 password_hash text
with changed as (
    update account set password_hash = $2 where name = $1 returning id
), ended as (
    update session set ended_at = now() where account in (select id from changed) and ended_at is null
)
select id from changed
