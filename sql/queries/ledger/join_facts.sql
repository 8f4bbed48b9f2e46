-- Merging copies the live facts to the survivor, under the same ids and a new place in the log, and ends
-- them where they were: what was assessed there stays true of its time.
-- $1 survivor uuid
-- $2 merged uuid
-- $3 cause uuid
-- $4 at timestamptz
with ended as (
    update fact
    set status = 'corrected', ended_by = $3, ended_at = $4,
        ended_generation = current_generation(), ended_xact = pg_current_xact_id()
    where premises = $2 and status = 'live'
    returning *)
insert into fact (premises, id, retention, received_at, kind, source_class, client, controller, ground,
    source_id, tenancy, occurred_on, origin, report, based_on, danger, payload, destroy_on)
select $1, id, retention, received_at, kind, source_class, client, controller, ground, source_id, tenancy,
    occurred_on, origin, report, based_on, danger, payload, destroy_on
from ended
