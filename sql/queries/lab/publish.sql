-- Makes a proposed set the live one: assessing reads it within its next batch.
-- $1 id uuid
-- $2 sha256 bytea
insert into ruleset_publication (id, sha256, published_by, approved_by, reason)
select p.id, $2, p.proposed_by, p.decided_by, p.reason from ruleset_proposal p where p.id = $1
