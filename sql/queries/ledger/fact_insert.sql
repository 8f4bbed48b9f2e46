-- The facts of a batch. based_on comes as array literals, since unnest would flatten arrays of arrays.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 retentions text[]
-- $4 received_at timestamptz[]
-- $5 kinds text[]
-- $6 source_classes smallint[]
-- $7 clients uuid[]
-- $8 controllers text[]
-- $9 grounds text[]
-- $10 source_ids text[]
-- $11 tenancies uuid[]
-- $12 occurred_on date[]
-- $13 origins uuid[]
-- $14 reports uuid[]
-- $15 based_on text[]
-- $16 dangers bool[]
-- $17 payloads bytea[]
-- $18 destroy_on date[]
insert into fact (premises, id, retention, received_at, generation, kind, source_class, client, controller,
    ground, source_id, tenancy, occurred_on, origin, report, based_on, danger, payload, destroy_on)
select u.premises, u.id, u.retention, u.received_at, (select current_generation()), u.kind, u.source_class,
    u.client, u.controller, u.ground, u.source_id, u.tenancy, u.occurred_on, u.origin, u.report,
    u.based_on::uuid[], u.danger, u.payload, u.destroy_on
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    as u(premises, id, retention, received_at, kind, source_class, client, controller, ground, source_id,
        tenancy, occurred_on, origin, report, based_on, danger, payload, destroy_on)
