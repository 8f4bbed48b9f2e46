-- Rule sets as they were stored, to explain what they found.
-- $1 hashes bytea[]
select sha256, bundle from ruleset where sha256 = any ($1)
