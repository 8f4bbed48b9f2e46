-- A request is decided: its alerts are disputed no more, unless another request still stands.
-- $1 request uuid
-- $2 premises uuid[]
update alert a set disputed = false, version = a.version + 1
where a.disputed
  and (a.premises = any ($2) or a.premises in (select i.premises from subject_item i where i.request = $1))
  and not exists (
      select from subject_request r
      where r.id <> $1 and r.approved_at is null and r.asks in ('objection', 'rectification', 'restriction')
        and (exists (select from subject_item i where i.request = r.id and i.premises = a.premises)
             or exists (select from jsonb_array_elements(r.places) p where p->>'premises' = a.premises::text)))
returning a.premises, a.id
