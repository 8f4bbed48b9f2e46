-- What a run would erase today, by kind; and what a hold keeps from it.
-- $1 today date
select f.kind, count(*) filter (where h.premises is null) as due, count(*) filter (where h.premises is not null) as held
from fact f
left join lateral (select h.premises from legal_hold h
                   where h.premises = f.premises and h.released_at is null limit 1) h on true
where f.destroy_on <= $1 and f.status <> 'erased'
group by f.kind
order by f.kind
