-- A referral about to be answered, with its alert; both locked, the alert by the same names as in
-- alert_lock. For the desk ($3 null) or for its receiver.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 receiver_oin text
-- $4 id uuid
select a.premises, a.id, a.tenancy, a.status, a.level, a.assignee, a.snoozed_until,
       coalesce(a.verdict, '') as verdict, a.decided_at, a.version, coalesce(a.municipality, '') as alert_municipality,
       a.raised_at, s.result,
       r.id as referral, r.status as referral_status, r.version as referral_version, r.proposed_by, r.purpose,
       r.ground, r.question, r.actions, r.respond_by,
       rv.id as receiver, rv.kind, rv.language, rv.release,
       coalesce(p.bag_id, '') as bag_id, coalesce(p.postcode, '') as postcode,
       coalesce(p.house_number, 0) as house_number, coalesce(p.house_letter, '') as house_letter,
       coalesce(p.addition, '') as addition, coalesce(m.name, '') as municipality
from referral r
join receiver rv on rv.id = r.receiver
join alert a on a.premises = r.premises and a.id = r.alert
join assessment s on s.premises = a.premises and s.id = a.assessment
join premises p on p.id = r.premises
left join municipality m on m.code = p.municipality
where r.id = $4 and case when $3 is null then $1 or a.municipality = any ($2)
           else rv.oin = $3 or (rv.kind = 'municipality' and rv.municipalities && $2) end
  and ($3 is null or r.status in ('approved', 'acknowledged', 'returned', 'closed'))
for update of a, r
