-- The new state of a request that this transaction has locked.
-- $1 id uuid
-- $2 status text
-- $3 approved_by uuid
update subject_request
set status = $2,
    approved_by = coalesce($3, approved_by),
    approved_at = case when $3 is not null then now() else approved_at end,
    answered_at = case when $2 = 'answered' then coalesce(answered_at, now()) end,
    carried_out_at = case when $3 is not null
                              and not exists (select from subject_item i where i.request = $1 and i.answer = 'erase')
                          then now() else carried_out_at end
where id = $1
