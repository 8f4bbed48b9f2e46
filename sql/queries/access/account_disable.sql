-- Ends an account and what it had open. Its deeds stay.
-- $1 id uuid
with ended as (
    update account set disabled_at = now() where id = $1 and disabled_at is null returning id
), sessions as (
    update session set ended_at = now()
    where account in (select id from ended) and (ended_at is null or ended_at > now())
)
select id from ended
