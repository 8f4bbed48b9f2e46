-- Records of who did what, any number in one statement; in the transaction of the deed itself. What
-- may have to be erased lies beside the record, which keeps the SHA-256 of salt and detail (as jsonb
-- prints it), so that anyone can recompute it in SQL.
-- $1 id uuid[]
-- $2 actor_kind text[]
-- $3 actor uuid[]
-- $4 action text[]
-- $5 object_kind text[]
-- $6 object uuid[]
-- $7 premises uuid[]
-- $8 detail jsonb[]
with given as materialized (
    select g.*, case when g.detail is not null then uuid_send(gen_random_uuid()) end as salt
    from unnest($1, $2, $3, $4, $5, $6, $7, $8)
        as g (id, actor_kind, actor, action, object_kind, object, premises, detail)
), detailed as (
    insert into audit_detail (record, salt, detail)
    select id, salt, detail from given where detail is not null
)
insert into audit_record (id, actor_kind, actor, action, object_kind, object, premises, detail_hash)
select id, actor_kind, actor, action, object_kind, object, premises,
       sha256(salt || convert_to(detail::text, 'UTF8'))
from given
