-- A page of premises in order of id, for whoever walks their whole histories.
-- $1 after uuid
-- $2 until uuid
-- $3 most bigint
select id from premises where id > $1 and id <= $2 and merged_into is null order by id limit $3
