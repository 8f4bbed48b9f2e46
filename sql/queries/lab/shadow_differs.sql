-- Premises on which a shadow set and the live set differ most.
-- $1 sha256 bytea
-- $2 most integer
select premises, assessed_on, level, live_level, score, rules
from shadow_assessment where sha256 = $1 and level <> live_level
order by abs(level - live_level) desc, premises
limit $2
