-- A receiver, proposed.
-- $1 id uuid
-- $2 name text
-- $3 kind text
-- $4 oin text
-- $5 url text
-- $6 ca_file text
-- $7 expected_name text
-- $8 language text
-- $9 municipalities text[]
-- $10 release jsonb
-- $11 proposed_by uuid
insert into receiver_proposal (id, name, kind, oin, url, ca_file, expected_name, language, municipalities, release, proposed_by)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
where not exists (select from receiver where name = $2)
  and not exists (select from receiver_proposal where name = $2 and decided_at is null)
returning id
