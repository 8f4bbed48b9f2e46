-- A second administrator lets a proposed account in ($3), or leaves it disabled for good.
-- $1 id uuid
-- $2 account uuid
-- $3 approve boolean
update account
set approved_by = $2, disabled_at = case when not $3 then disabled_at end
where id = $1 and proposed_by is not null and approved_by is null and proposed_by <> $2
returning id
