-- A page of clients by name, for the administrator.
-- $1 after_name text
-- $2 most bigint
-- $3 id uuid
select c.id, c.name, coalesce(c.oin, '') as oin, c.controller, c.roles, c.source_classes, c.municipalities,
       c.wwft_liable, c.created_at, c.revoked_at,
       array(select t.id from client_token t
             where t.client = c.id and t.revoked_at is null and t.expires_at > now() order by t.expires_at) as tokens
from client c
where c.name > $1 and ($3 is null or c.id = $3)
order by c.name
limit $2
