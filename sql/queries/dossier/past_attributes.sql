-- The attributes of some premises as they were known, oldest first.
-- $1 premises uuid[]
select premises, attributes, known_at from premises_attributes
where premises = any($1)
order by premises, generation, xact, id
