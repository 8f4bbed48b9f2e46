-- A page of stored assessments, in order of premises, for replay. `erased`: a fact it knew is lawfully gone.
-- $1 after_premises uuid
-- $2 after_id uuid
-- $3 since date
-- $4 only uuid
-- $5 most bigint
select a.premises, a.id, a.assessed_on, a.known_generation, a.known_xact, a.known_fact, a.ruleset, a.engine,
    a.result, a.inputs,
    exists (select from erased_fact f
            where f.premises = a.premises
              and (f.generation, f.xact) <= (a.known_generation, a.known_xact)) as erased
from assessment a
where (a.premises, a.id) > ($1, $2) and ($3 is null or a.assessed_on >= $3) and ($4 is null or a.id = $4)
order by a.premises, a.id
limit $5
