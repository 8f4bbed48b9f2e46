-- A kept set to be evaluated beside the live one; no row when it is not kept.
-- $1 sha256 bytea
-- $2 started_by uuid
insert into shadow (sha256, started_by) select sha256, $2 from ruleset where sha256 = $1
on conflict (sha256) do nothing
