-- Paths to rows that statements asked for without one: sessions by their account and end, tokens by their client,
-- and what leads to premises that were merged. None of these tables may be read from end to end for one row.
create index session_by_account on session (account);
create index session_by_expiry on session (expires_at);
create index session_by_end on session (ended_at) where ended_at is not null;
create index client_token_by_client on client_token (client);
create index premises_by_survivor on premises (merged_into) where merged_into is not null;
create index premises_alias_by_premises on premises_alias (premises);
