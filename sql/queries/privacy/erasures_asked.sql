-- Approved requests whose erasures were not carried out yet, and one of them's facts: at most so many. What is
-- held waits, and its request with it, while others go on.
-- $1 most bigint
with open_request as materialized (
    select id, approved_at from subject_request where approved_at is not null and carried_out_at is null),
remaining as materialized (
    select r.id as request, f.premises, f.id,
        exists (select from legal_hold h where h.premises = f.premises and h.released_at is null) as held
    from open_request r
    join subject_item i on i.request = r.id and i.answer = 'erase'
    join lateral (
        select f.premises, f.id from fact f
        where f.id = i.fact and f.status <> 'erased'
          and (f.premises = i.premises or f.premises in (select p.id from premises p where p.merged_into = i.premises))
        ) f on true),
next_request as (
    select r.id from open_request r
    where exists (select from remaining m where m.request = r.id and not m.held)
       or not exists (select from remaining m where m.request = r.id)
    order by r.approved_at, r.id limit 1)
select n.id as request, m.premises, m.id
from next_request n
left join remaining m on m.request = n.id and not m.held
limit $1
