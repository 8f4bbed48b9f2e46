-- A new session; only the hash of its token is kept. With a one-time code ($5) no row is made when this
-- code, or a later one, was used before.
-- $1 token_hash bytea
-- $2 account uuid
-- $3 kind text
-- $4 expires_at timestamptz
-- $5 totp_step bigint
with used as (
    update account set totp_step = coalesce($5, totp_step)
    where id = $2 and disabled_at is null and ($5 is null or totp_step < $5)
    returning id
)
insert into session (token_hash, account, kind, expires_at)
select $1, id, $3, $4 from used
returning seed
