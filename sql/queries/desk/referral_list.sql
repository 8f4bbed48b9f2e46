-- Referrals to a receiver, newest first; proposals that nobody approved are not its concern.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 receiver_oin text
-- $4 statuses text[]
-- $5 before_proposed timestamptz
-- $6 before_id uuid
-- $7 count integer
select r.id, r.premises, r.alert, r.status, r.version, rv.oin as receiver_oin, r.purpose, r.ground, r.release, r.question,
       r.actions, r.acknowledge_by, r.respond_by, r.proposed_at, r.approved_at, pb.name as proposed_by,
       coalesce(ab.name, '') as approved_by, coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality, coalesce(p.type, '') as type
from referral r
join receiver rv on rv.id = r.receiver
join alert a on a.premises = r.premises and a.id = r.alert
join account pb on pb.id = r.proposed_by
left join account ab on ab.id = r.approved_by
join premises p on p.id = r.premises
left join municipality m on m.code = p.municipality
where case when $3 is null then $1 or a.municipality = any ($2)
           else rv.oin = $3 or (rv.kind = 'municipality' and rv.municipalities && $2) end
  and ($3 is null or r.status in ('approved', 'acknowledged', 'returned', 'closed'))
  and (cardinality($4) = 0 or r.status = any ($4))
  and ($5 is null or (r.proposed_at, r.id) < ($5, $6))
order by r.proposed_at desc, r.id desc
limit $7
