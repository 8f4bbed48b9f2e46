-- Premises known by their BAG id learn their address.
-- $1 id uuid
-- $2 postcode text
-- $3 house_number integer
-- $4 house_letter text
-- $5 addition text
-- $6 municipality text
update premises
set postcode = $2, house_number = $3, house_letter = $4, addition = $5,
    municipality = coalesce((select m.code from municipality m where m.code = $6 or m.name = $6), municipality)
where id = $1
