-- The items of a request, oldest fact first.
-- $1 request uuid
select i.fact, i.kind, i.proposal, i.answer, i.ground, i.until, i.premises
from subject_item i where i.request = $1
order by i.fact
