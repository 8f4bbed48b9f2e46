-- Every type there and back; for the test of db's own encoding.
-- $1 b bool
-- $2 i8 bigint
-- $3 i4 integer
-- $4 i2 smallint
-- $5 u uuid
-- $6 t text
-- $7 y bytea
-- $8 j jsonb
-- $9 d date
-- $10 z timestamptz
-- $11 x xid8
-- $12 f float8
-- $13 us uuid[]
-- $14 ts text[]
-- $15 ns bigint[]
select $1::bool, $2::bigint, $3::integer, $4::smallint, $5::uuid, $6::text, $7::bytea, $8::jsonb, $9::date, $10::timestamptz,
       $11::xid8, $12::float8, $13::uuid[], $14::text[], $15::bigint[],
       (select count(*) from unnest($14::text[]) as n where n is null) as n14
