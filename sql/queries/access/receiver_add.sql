-- A new receiver of events.
-- $1 id uuid
-- $2 name text
-- $3 kind text
-- $4 oin text
-- $5 url text
-- $6 ca_file text
-- $7 expected_name text
-- $8 certificate text
-- $9 private_key text
-- $10 language text
-- $11 municipalities text[]
-- $12 release jsonb
-- $13 private_range boolean
insert into receiver (id, name, kind, oin, url, ca_file, expected_name, certificate, private_key,
                      language, municipalities, release, private_range)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
