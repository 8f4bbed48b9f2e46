-- A new password ends what the old one opened; a new key for one-time codes replaces the old one ($3 null: no
-- codes are asked for any more).
-- $1 id uuid
-- $2 password_hash text
-- $3 totp_key bytea
with changed as (
    update account set password_hash = $2, totp_key = $3, totp_step = 0 where id = $1 returning id
)
update session set ended_at = now()
where account in (select id from changed) and (ended_at is null or ended_at > now())
