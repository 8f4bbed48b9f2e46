-- Sealed texts follow the facts.
-- $1 survivor uuid
-- $2 merged uuid
update sealed_text set premises = $1 where premises = $2
