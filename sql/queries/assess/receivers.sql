-- Who hears of alerts and of danger.
select id, kind, language, release::text as release, municipalities from receiver where kind in ('desk', 'duty')
