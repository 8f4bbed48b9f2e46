-- Moves the watermark with the work done. Under a lost lease the division fails, and with it everything
-- else of the transaction.
-- $1 name text
-- $2 shard integer
-- $3 owner uuid
-- $4 fence bigint
-- $5 generation integer
-- $6 xact xid8
-- $7 fact uuid
with moved as (
    update follower
    set generation = $5, xact = $6, fact = $7, attempts = 0, updated_at = now()
    where name = $1 and shard = $2 and owner = $3 and fence = $4
    returning 1)
select 1 / count(*) as held from moved
