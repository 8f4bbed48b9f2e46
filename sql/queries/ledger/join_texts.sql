-- Sealed texts, and who is spoken of, follow the facts.
-- $1 survivor uuid
-- $2 merged uuid
with persons as (update fact_party set premises = $1 where premises = $2)
update sealed_text set premises = $1 where premises = $2
