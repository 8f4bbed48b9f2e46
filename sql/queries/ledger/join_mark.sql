-- Marks premises as merged into their survivor.
-- $1 survivor uuid
-- $2 merged uuid
update premises set merged_into = $1 where id = $2 or merged_into = $2
