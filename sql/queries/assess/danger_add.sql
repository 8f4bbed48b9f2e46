-- A notice of acute danger; at most one is open a premises.
-- $1 premises uuid
-- $2 id uuid
-- $3 fact uuid
-- $4 rule text
-- $5 danger_kind text
-- $6 category text
-- $7 verified bool
-- $8 municipality text
-- $9 reported_at timestamptz
-- $10 acknowledge_by timestamptz
insert into danger_notice (premises, id, fact, rule, danger_kind, category, verified, municipality, reported_at,
    acknowledge_by)
values ($1, $2, $3, nullif($4, ''), nullif($5, ''), nullif($6, ''), $7, $8, $9, $10)
on conflict do nothing
