-- New attributes of a premises: the row in force, and as known from now on. The BAG id is kept
-- where the premises are named by it.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 premises uuid
-- $4 id uuid
-- $5 client uuid
-- $6 account uuid
-- $7 as_of date
-- $8 ground text
-- $9 type text
-- $10 attributes bytea
-- $11 unit text
-- $12 parent uuid
with described as (
    update premises
    set type = $9, attributes = $10, unit = coalesce($11, unit), parent = coalesce($12, parent), version = version + 1
    where id = $3 and ($1 or municipality is null or municipality = any ($2))
    returning id, version
), known as (
    insert into premises_attributes (premises, id, client, account, as_of, ground, type, attributes)
    select d.id, $4, $5, $6, $7, $8, $9, $10 from described d
)
select version from described
