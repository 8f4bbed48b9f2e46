-- An address becomes a name of premises known otherwise; those it named before keep nothing of it.
-- $1 alias text
-- $2 premises uuid
insert into premises_alias (alias, premises) values ($1, $2)
on conflict (alias) do update set premises = excluded.premises
