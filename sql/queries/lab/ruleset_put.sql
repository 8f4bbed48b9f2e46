-- Keeps a candidate whole under its hash; the same set again changes nothing.
-- $1 sha256 bytea
-- $2 name text
-- $3 version text
-- $4 bundle text
insert into ruleset (sha256, name, version, bundle) values ($1, $2, $3, $4) on conflict (sha256) do nothing
