-- What a request releases, with what is told of each: the fact, and whom it was passed on to.
-- $1 request uuid
select i.fact, f.kind, f.source_class, f.ground, f.occurred_on, f.received_at, f.payload, f.premises, f.source_id,
    c.name as client,
    array(select distinct r.name
          from referral e join receiver r on r.id = e.receiver
          where e.premises = f.premises and f.id = any (e.release) and e.approved_at is not null
          order by 1) as receivers,
    f.destroy_on
from subject_item i
join fact f on f.premises = i.premises and f.id = i.fact and f.status = 'live'
join client c on c.id = f.client
where i.request = $1 and i.answer in ('release', 'correct', 'keep')
order by f.occurred_on, f.id
