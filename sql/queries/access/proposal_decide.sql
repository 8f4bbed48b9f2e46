-- A second administrator decides on a proposed receiver; approved, it is one.
-- $1 id uuid
-- $2 account uuid
-- $3 approve boolean
with decided as (
    update receiver_proposal
    set decided_by = $2, decided_at = now(), approved = $3
    where id = $1 and decided_at is null and proposed_by <> $2
    returning *
)
insert into receiver (id, name, kind, oin, url, ca_file, expected_name, language, municipalities, release)
select id, name, kind, oin, url, ca_file, expected_name, language, municipalities, release
from decided
where $3
