-- Declarations: a landlord's own, or those of a contact point's region; the oldest first.
-- $1 client uuid
-- $2 everywhere bool
-- $3 region text[]
-- $4 after_at timestamptz
-- $5 after_id uuid
-- $6 most bigint
select id, source_id, named::text as named, role, since, status, municipality, declared_at, reason, evidence
from premises_declaration
where case when $1 is not null then client = $1 else $2 or municipality = any ($3) end
  and ($4 is null or (declared_at, id) > ($4, $5))
order by declared_at, id
limit $6
