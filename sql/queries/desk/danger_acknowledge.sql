-- Somebody takes up a notice of danger. No row: not there, or taken up before (then `already`).
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
-- $4 by text
with there as (
    select premises, id, acknowledged_at is not null as already
    from danger_notice
    where id = $3 and ($1 or municipality = any ($2))
    for update
), taken as (
    update danger_notice d
    set acknowledged_at = now(), acknowledged_by = $4
    from there t
    where d.premises = t.premises and d.id = t.id and not t.already
)
select premises, id, already, now() as at from there
