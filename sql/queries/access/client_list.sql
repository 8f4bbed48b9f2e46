-- All clients, for the operator.
select c.id, c.name, coalesce(c.oin, '') as oin, c.controller, c.roles, c.source_classes, c.municipalities,
       c.wwft_liable, c.created_at, c.revoked_at,
       (select count(*) from client_token t
        where t.client = c.id and t.revoked_at is null and t.expires_at > now()) as tokens
from client c
order by c.name
