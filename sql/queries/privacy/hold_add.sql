-- A hold on premises; no row when nobody knows them.
-- $1 premises uuid
-- $2 id uuid
-- $3 reason text
insert into legal_hold (premises, id, reason)
select p.id, $2, $3 from premises p where p.id = $1
returning id
