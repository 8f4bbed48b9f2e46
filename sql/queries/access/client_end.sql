-- Ends a client and its tokens. Its facts stay.
-- $1 id uuid
with ended as (
    update client set revoked_at = now() where id = $1 and revoked_at is null returning id
), tokens as (
    update client_token set revoked_at = now()
    where client in (select id from ended) and revoked_at is null
)
select id from ended
