-- What became of observations; their bodies are gone from here.
-- $1 ids uuid[]
-- $2 states text[]
-- $3 facts uuid[]
update observation o
set state = s.state, fact = s.fact, sealed_body = null, lease_until = null
from unnest($1, $2, $3) as s (id, state, fact)
where o.id = s.id and o.state = 'waiting'
