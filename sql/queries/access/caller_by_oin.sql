-- The client that a verified certificate names.
-- $1 oin text
select id, name, controller, roles, source_classes, municipalities, wwft_liable
from client
where oin = $1 and revoked_at is null
