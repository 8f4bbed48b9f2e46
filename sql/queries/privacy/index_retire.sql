-- Index rows under keys older than any that is still kept.
-- $1 oldest integer
-- $2 most bigint
delete from party_index
where (key_version, scheme, mac) in (
    select key_version, scheme, mac from party_index where key_version < $1 limit $2)
