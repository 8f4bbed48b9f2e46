-- Attributes of premises from a file, as known from now on; what is there already is not repeated.
-- $1 premises uuid
-- $2 id uuid
-- $3 client uuid
-- $4 as_of date
-- $5 ground text
-- $6 type text
-- $7 attributes bytea
-- $8 today date
with changed as (
    update premises p set attributes = $7, type = $6, version = version + 1
    where p.id = $1 and p.attributes is distinct from $7
    returning p.id),
kept as (
    insert into premises_attributes (premises, id, client, as_of, ground, type, attributes)
    select id, $2, $3, $4, $5, $6, $7 from changed)
insert into due (premises, due_on, reason)
select c.id, $8, 'attributes' from changed c where exists (select from fact f where f.premises = c.id)
on conflict (premises) do update set due_on = least(due.due_on, excluded.due_on), stamp = due.stamp + 1
