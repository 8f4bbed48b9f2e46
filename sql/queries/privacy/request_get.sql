-- One request.
-- $1 id uuid
select r.id, r.asks, r.status, r.received_on, r.due_on, r.parties, r.created_by, r.approved_by, r.answered_at,
    array(select p.scheme from unnest(r.parties) as u(id) join party p on p.id = u.id order by p.id) as schemes,
    array(select p.id from unnest(r.parties) as u(id) join party p on p.id = u.id order by p.id) as known_parties,
    array(select (p->>'premises')::uuid from jsonb_array_elements(r.places) p) as places
from subject_request r where r.id = $1
