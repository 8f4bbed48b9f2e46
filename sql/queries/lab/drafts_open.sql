-- Whether the daemon's draft of this set lies there already, in whatever state.
-- $1 sha256 bytea
select id from ruleset_proposal where sha256 = $1 and (proposed_by is null or status in ('drafted', 'proposed', 'held'))
