-- Links of the chain. The number is the primary key: of two writers one fails.
-- $1 n bigint[]
-- $2 records uuid[]
-- $3 digests bytea[]
-- $4 hashes bytea[]
insert into audit_seal (n, record, digest, hash)
select u.n, u.record, u.digest, u.hash from unnest($1, $2, $3, $4) as u(n, record, digest, hash)
