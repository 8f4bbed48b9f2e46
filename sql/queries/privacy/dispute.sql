-- Alerts of the premises that a request touches are disputed until it is decided.
-- $1 request uuid
-- $2 premises uuid[]
update alert a set disputed = true, version = a.version + 1
where a.status not in ('closed', 'withdrawn') and not a.disputed
  and (a.premises = any ($2) or a.premises in (select i.premises from subject_item i where i.request = $1))
returning a.premises, a.id
