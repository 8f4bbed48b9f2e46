-- A person proposes a set with the trial that was made of it.
-- $1 id uuid
-- $2 sha256 bytea
-- $3 backtest uuid
-- $4 reason text
-- $5 proposed_by uuid
-- $6 status text
insert into ruleset_proposal (id, sha256, backtest, reason, proposed_by, status) values ($1, $2, $3, $4, $5, $6)
