-- An alert opened by a person: begins as claimed by that person. One open alert a premises is a
-- unique index's concern.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 premises uuid
-- $4 id uuid
-- $5 account uuid
-- $6 raised_at timestamptz
-- $7 due_at timestamptz
-- $8 themes text[]
insert into alert (premises, id, tenancy, status, level, score, assessment, themes, municipality, raised_at,
                   due_at, assignee, previous)
select p.id, $4, s.tenancy, 'claimed', p.level, p.score, s.id, $8, p.municipality, $6, $7, $5,
       (select o.id from alert o
        where o.premises = p.id and o.status = 'closed' order by o.closed_at desc, o.id desc limit 1)
from premises p
join assessment s on s.premises = p.id and s.id = p.assessment
where p.id = $3 and ($1 or p.municipality = any ($2))
