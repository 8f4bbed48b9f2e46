-- How an attempt at a letter ended; whom it went to is forgotten when it is over.
-- $1 id uuid
-- $2 state text
-- $3 wait_ms bigint
-- $4 status integer
-- $5 error text
update outgoing_mail
set state = $2,
    next_at = now() + $3 * interval '1 millisecond',
    last_status = nullif($4, 0),
    last_error = $5,
    sent_at = case when $2 = 'sent' then now() end,
    recipient = case when $2 = 'pending' then recipient else '' end,
    path = case when $2 = 'pending' then path else '' end
where id = $1 and state = 'pending'
