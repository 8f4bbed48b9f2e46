-- A person makes the daemon's draft a proposal.
-- $1 id uuid
-- $2 proposed_by uuid
-- $3 backtest uuid
-- $4 reason text
update ruleset_proposal set status = 'proposed', proposed_by = $2, backtest = $3, reason = $4, proposed_at = now()
where id = $1 and status = 'drafted'
