-- Observations about premises that their landlord lets, or that a municipality let through: a few, leased.
-- $1 now timestamptz
-- $2 lease_until timestamptz
-- $3 most bigint
update observation o
set lease_until = $2
where o.id in (
    select w.id from observation w
    left join premises_alias a on a.alias = w.alias
    where w.state = 'waiting' and (w.lease_until is null or w.lease_until < $1)
      and (w.checked_at is not null or exists (
        select from premises_declaration d
        where d.client = w.client and d.status = 'confirmed'
          and (d.alias = w.alias or d.premises = a.premises or w.alias = 'id:' || d.premises)))
    order by w.received_at
    limit $3
    for update of w skip locked)
returning o.id, o.client, o.kind, o.named::text as named, o.controller, o.wwft_liable, o.sealed_body, o.received_at
