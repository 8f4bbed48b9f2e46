-- The premises behind the names that were claimed in this transaction.
-- $1 aliases text[]
-- $2 premises uuid[]
-- $3 bag_ids text[]
-- $4 postcodes text[]
-- $5 house_numbers integer[]
-- $6 house_letters text[]
-- $7 additions text[]
-- $8 municipalities text[]
insert into premises (id, bag_id, postcode, house_number, house_letter, addition, municipality)
select u.id, u.bag_id, u.postcode, nullif(u.house_number, 0), u.house_letter, u.addition,
    (select m.code from municipality m where m.code = u.municipality or m.name = u.municipality)
from unnest($1, $2, $3, $4, $5, $6, $7, $8)
    as u(alias, id, bag_id, postcode, house_number, house_letter, addition, municipality)
join premises_alias a on a.alias = u.alias and a.premises = u.id
on conflict (id) do nothing
