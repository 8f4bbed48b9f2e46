-- The certificate of an erasure.
-- $1 id uuid
-- $2 at timestamptz
-- $3 cause text
-- $4 request uuid
-- $5 facts integer
-- $6 sha256 bytea
-- $7 key_id text
-- $8 signature bytea
insert into erasure_certificate (id, at, cause, request, facts, sha256, key_id, signature)
values ($1, $2, $3, $4, $5, $6, $7, $8)
