-- The lanes of receivers that have none yet.
insert into lane (receiver, lane)
select r.id, l.n
from receiver r
cross join generate_series(0, 63) as l(n)
where not exists (select 1 from lane x where x.receiver = r.id)
order by r.id, l.n
on conflict do nothing
