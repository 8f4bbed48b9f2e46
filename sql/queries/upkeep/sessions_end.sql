-- Sessions that ended or expired a day ago are forgotten.
-- $1 now timestamptz
-- $2 most bigint
delete from session
where token_hash in (select token_hash from session
                     where expires_at < $1 - interval '1 day' or ended_at < $1 - interval '1 day'
                     limit $2)
