-- Waits for erasures under way; those that begin later see the hold that is placed now.
select pg_advisory_xact_lock(hashtext('pandwacht: holds'))
