-- Approved requests whose erasures were not carried out yet, and one of them's facts: at most so many.
-- $1 most bigint
with next_request as (
    select id from subject_request where approved_at is not null and carried_out_at is null
    order by approved_at, id limit 1)
select n.id as request, f.premises, f.id
from next_request n
left join lateral (
    select f.premises, f.id
    from subject_item i
    join fact f on f.id = i.fact
         and (f.premises = i.premises or f.premises in (select p.id from premises p where p.merged_into = i.premises))
    where i.request = n.id and i.answer = 'erase' and f.status <> 'erased'
    limit $1) f on true
