-- The desk's own receivers for an alert: those of its municipality, and those of all.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
select rc.id, rc.kind, rc.language, rc.release
from alert a
join receiver rc on rc.kind = 'desk' and (rc.municipalities = '{}' or a.municipality = any (rc.municipalities))
where a.id = $3 and ($1 or a.municipality = any ($2))
