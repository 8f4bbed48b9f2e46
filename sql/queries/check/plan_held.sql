-- What was planned was done: a line in the duty-of-care file, and the next date. The same source id again does nothing.
-- $1 client uuid
-- $2 plan uuid
-- $3 id uuid
-- $4 source_id text
-- $5 content_mac bytea
-- $6 body jsonb
-- $7 held_on date
-- $8 at timestamptz
-- $9 destroy_on date
with done as (
    insert into care_entry (client, premises, id, source_id, content_mac, kind, body, at, destroy_on)
    select p.client, p.premises, $3, $4, $5, 'inspection', $6, $8, $9
    from care_plan p where p.client = $1 and p.id = $2 and p.ended_at is null
    on conflict (client, source_id) do nothing
    returning 1)
update care_plan set next_on = greatest(next_on, $7 + every_days)
where client = $1 and id = $2 and exists (select from done)
returning next_on
