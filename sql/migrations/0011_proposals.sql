-- 0011: the path from a rule set to what was proposed of it; and that who proposed cannot be who approved holds
-- in the table too, whatever the code does.
create index ruleset_proposal_set on ruleset_proposal (sha256);
alter table ruleset_proposal add constraint ruleset_proposal_two_people check (decided_by <> proposed_by) not valid;
