-- A new alert.
-- $1 premises uuid
-- $2 id uuid
-- $3 tenancy uuid
-- $4 level smallint
-- $5 score bigint
-- $6 assessment uuid
-- $7 themes text[]
-- $8 municipality text
-- $9 raised_at timestamptz
-- $10 due_at timestamptz
-- $11 previous uuid
-- $12 rules text[]
insert into alert (premises, id, tenancy, status, level, score, assessment, themes, municipality, raised_at, due_at,
    previous, rules)
values ($1, $2, $3, 'new', $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict do nothing
