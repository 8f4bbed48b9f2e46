-- A rule set, whole.
-- $1 sha256 bytea
select bundle from ruleset where sha256 = $1
