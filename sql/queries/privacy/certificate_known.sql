-- Whether this database knows of an erasure: one restored from a backup may not.
-- $1 id uuid
select 1 as known from erasure_certificate where id = $1
