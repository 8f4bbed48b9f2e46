-- What beside its dossier decides about a premises' alert: the open one, the last decided one, and where it lies.
-- $1 premises uuid[]
select p.id as premises, p.bag_id, p.postcode, p.house_number, p.house_letter, p.addition, p.municipality,
    m.name as municipality_name, p.version,
    o.id as open_id, o.status as open_status, o.level as open_level, o.due_at as open_due_at,
    o.tenancy as open_tenancy, c.id as closed_id, c.status as closed_status,
    coalesce((select d.known_at_decision from decision d where d.premises = p.id
              order by d.decided_at desc, d.id desc limit 1), '{}') as known_at_decision
from unnest($1) as u(id)
join premises p on p.id = u.id
left join municipality m on m.code = p.municipality
left join alert o on o.premises = p.id and o.status not in ('closed', 'withdrawn')
left join lateral (select id, status from alert a where a.premises = p.id and a.status = 'closed'
                   order by a.closed_at desc nulls last, a.id desc limit 1) c on true
