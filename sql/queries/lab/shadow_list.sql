-- Shadow sets with what they make of the premises beside what the live set makes of them.
select s.sha256, r.name, r.version, s.started_at, coalesce(a.name, '') as started_by,
    count(x.premises) as premises,
    count(*) filter (where x.level >= 2 and x.live_level < 2) as gained,
    count(*) filter (where x.level < 2 and x.live_level >= 2) as lost,
    count(*) filter (where x.level <> x.live_level) as differs,
    count(*) filter (where x.level = 0) as level_none, count(*) filter (where x.level = 1) as level_watch,
    count(*) filter (where x.level = 2) as level_alert, count(*) filter (where x.level = 3) as level_urgent,
    count(*) filter (where x.live_level = 0) as live_none, count(*) filter (where x.live_level = 1) as live_watch,
    count(*) filter (where x.live_level = 2) as live_alert, count(*) filter (where x.live_level = 3) as live_urgent
from shadow s
join ruleset r on r.sha256 = s.sha256
left join account a on a.id = s.started_by
left join shadow_assessment x on x.sha256 = s.sha256
group by s.sha256, r.name, r.version, s.started_at, a.name
order by s.started_at
