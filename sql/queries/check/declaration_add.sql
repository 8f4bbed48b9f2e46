-- Premises that a landlord says he lets; the same source id again adds nothing.
-- $1 id uuid
-- $2 client uuid
-- $3 source_id text
-- $4 content_mac bytea
-- $5 named jsonb
-- $6 alias text
-- $7 role text
-- $8 since date
-- $9 evidence text
-- $10 place text
-- $11 declared_at timestamptz
insert into premises_declaration (id, client, source_id, content_mac, named, alias, role, since, evidence, municipality,
    declared_at)
select $1, $2, $3, $4, $5, $6, $7, $8, $9,
    coalesce((select m.code from municipality m where m.code = $10 or lower(m.name) = lower($10)), c.municipalities[1]), $11
from client c where c.id = $2
on conflict (client, source_id) do nothing
