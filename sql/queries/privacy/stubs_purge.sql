-- What stayed of facts erased a while ago goes, their source ids with it: by then their premises were assessed
-- anew, and their sources could ask.
-- $1 before timestamptz
-- $2 most bigint
with old as (
    select e.premises, e.fact
    from erased_fact e
    where e.erased_at < $1 and e.erased_at > $1 - interval '60 days'
      and exists (select from fact s where s.premises = e.premises and s.id = e.fact and s.status = 'erased')
    limit $2),
keys as (delete from intake_key k using old o where k.fact = o.fact and k.premises = o.premises)
delete from fact f using old o where f.premises = o.premises and f.id = o.fact and f.status = 'erased'
