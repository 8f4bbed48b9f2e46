-- An invitation that is still open, and one more wrong code on its count until the right one is seen.
-- $1 id uuid
-- $2 code_hash bytea
-- $3 today date
-- $4 most integer
update landlord_invitation
set failures = failures + case when code_hash = $2 then 0 else 1 end
where id = $1 and status = 'sent' and expires_on >= $3 and failures < $4
returning code_hash = $2 as fits, sealed_email, kind, wwft_liable, municipality
