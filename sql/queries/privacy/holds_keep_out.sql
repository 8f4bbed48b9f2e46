-- While this transaction lasts no hold is placed: one that came before is seen, one that comes waits and finds
-- what is left. Placing one takes the same lock alone.
select pg_advisory_xact_lock_shared(hashtext('pandwacht: holds'))
