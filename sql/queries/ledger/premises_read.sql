-- Which of these premises exist; those merged away give their survivor.
-- $1 ids uuid[]
select id, coalesce(merged_into, id) as premises, municipality is not null as placed, attributes
from premises
where id = any($1)
