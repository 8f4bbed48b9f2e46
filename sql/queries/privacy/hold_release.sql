-- The holds on premises end.
-- $1 premises uuid
update legal_hold set released_at = now() where premises = $1 and released_at is null
