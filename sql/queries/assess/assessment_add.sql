-- Keeps assessments, and shows the newest beside its premises.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 day date
-- $4 generation integer
-- $5 xact xid8
-- $6 ruleset bytea
-- $7 engine text
-- $8 tenancies uuid[]
-- $9 levels smallint[]
-- $10 scores bigint[]
-- $11 latched bool[]
-- $12 inputs bytea[]
-- $13 results bytea[]
-- $14 next_change_on date[]
with added as (
    insert into assessment (premises, id, assessed_on, known_generation, known_xact, known_fact, ruleset, engine,
        tenancy, level, score, latched, inputs, result, next_change_on)
    select u.premises, u.id, $3, $4, $5, 'ffffffff-ffff-ffff-ffff-ffffffffffff', $6, $7, u.tenancy, u.level,
        u.score, u.latched, u.inputs, u.result, u.next_change_on
    from unnest($1, $2, $8, $9, $10, $11, $12, $13, $14)
        as u(premises, id, tenancy, level, score, latched, inputs, result, next_change_on)
    returning premises, id, level, score)
update premises p set assessment = a.id, assessed_on = $3, level = a.level, score = a.score
from added a where p.id = a.premises
