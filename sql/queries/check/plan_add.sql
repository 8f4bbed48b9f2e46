-- A plan of what is to be looked at again and again; the same source id again adds nothing.
-- $1 id uuid
-- $2 client uuid
-- $3 source_id text
-- $4 content_mac bytea
-- $5 premises uuid
-- $6 named jsonb
-- $7 subject text
-- $8 object text
-- $9 every_days integer
-- $10 next_on date
-- $11 remind_by text
-- $12 sealed_to bytea
-- $13 language text
-- $14 made_at timestamptz
insert into care_plan (id, client, source_id, content_mac, premises, named, subject, object, every_days, next_on, remind_by,
    sealed_to, language, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (client, source_id) do nothing
