-- Persons of whom no fact speaks any more are forgotten: index and sealed value.
-- $1 parties uuid[]
with forgotten as (
    select p.id from unnest($1) as u(id) join party p on p.id = u.id
    where not exists (select from fact_party f where f.party = p.id)),
index_rows as (delete from party_index i using forgotten f where i.party = f.id)
delete from party p using forgotten f where p.id = f.id
