-- Premises whose outcome under a shadow set may have changed by itself.
-- $1 sha256 bytea
-- $2 today date
-- $3 most integer
select premises from shadow_assessment where sha256 = $1 and next_change_on <= $2 order by next_change_on, premises limit $3
