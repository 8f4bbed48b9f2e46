-- One request, to be changed; how many of its items are unanswered, and whether the caller answered any.
-- $1 id uuid
-- $2 account uuid
select r.id, r.asks, r.status, r.created_by,
    (select count(*) from subject_item i where i.request = r.id and i.answer is null) as open_items,
    r.created_by = $2 or exists (select from subject_item i where i.request = r.id and i.answered_by = $2) as own,
    array(select (p->>'premises')::uuid from jsonb_array_elements(r.places) p) as places
from subject_request r where r.id = $1
for update of r
