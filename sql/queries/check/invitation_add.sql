-- An invitation of a landlord; its code is kept as a hash, the address sealed.
-- $1 id uuid
-- $2 code_hash bytea
-- $3 sealed_email bytea
-- $4 kind text
-- $5 kvk text
-- $6 wwft_liable bool
-- $7 municipality text
-- $8 expires_on date
-- $9 invited_by uuid
-- $10 invited_at timestamptz
insert into landlord_invitation (id, code_hash, sealed_email, kind, kvk, wwft_liable, municipality, expires_on,
    invited_by, invited_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
