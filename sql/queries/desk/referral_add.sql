-- A referral proposed for an alert; one at a time is under way.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 alert uuid
-- $4 id uuid
-- $5 receiver uuid
-- $6 purpose text
-- $7 ground text
-- $8 release uuid[]
-- $9 question text
-- $10 actions text[]
-- $11 respond_by date
-- $12 account uuid
insert into referral (premises, id, alert, status, receiver, purpose, ground, release, question, actions,
                      respond_by, proposed_by)
select a.premises, $4, a.id, 'proposed', $5, $6, $7, $8, $9, $10, $11, $12
from alert a
where a.id = $3 and ($1 or a.municipality = any ($2))
