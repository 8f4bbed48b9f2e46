-- One fact within the caller's transaction, if its source id was claimed there.
-- $1 premises uuid
-- $2 id uuid
-- $3 retention text
-- $4 received_at timestamptz
-- $5 kind text
-- $6 source_class smallint
-- $7 client uuid
-- $8 controller text
-- $9 ground text
-- $10 source_id text
-- $11 tenancy uuid
-- $12 occurred_on date
-- $13 report uuid
-- $14 based_on uuid[]
-- $15 danger bool
-- $16 payload bytea
-- $17 destroy_on date
insert into fact (premises, id, retention, received_at, kind, source_class, client, controller, ground,
    source_id, tenancy, occurred_on, report, based_on, danger, payload, destroy_on)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
from intake_key k
where k.client = $7 and k.source_id = $10 and k.fact = $2
returning id as fact
