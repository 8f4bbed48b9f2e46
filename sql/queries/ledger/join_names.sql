-- Every name of premises that were merged away leads to their survivor.
-- $1 survivor uuid
-- $2 merged uuid
update premises_alias set premises = $1 where premises = $2
