-- What a shadow set makes of some premises. Nothing is kept of a shadow that has ended meanwhile.
-- $1 sha256 bytea
-- $2 day date
-- $3 premises uuid[]
-- $4 levels smallint[]
-- $5 live_levels smallint[]
-- $6 scores bigint[]
-- $7 rules jsonb[]
-- $8 next_on date[]
insert into shadow_assessment (premises, sha256, assessed_on, level, live_level, score, rules, next_change_on)
select u.premises, $1, $2, u.level, u.live_level, u.score,
    array(select jsonb_array_elements_text(u.rules)), u.next_on
from unnest($3, $4, $5, $6, $7, $8) as u(premises, level, live_level, score, rules, next_on)
where exists (select from shadow s where s.sha256 = $1)
on conflict (premises, sha256) do update set assessed_on = excluded.assessed_on, level = excluded.level,
    live_level = excluded.live_level, score = excluded.score, rules = excluded.rules,
    next_change_on = excluded.next_change_on
