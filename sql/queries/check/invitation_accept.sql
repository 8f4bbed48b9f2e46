-- Ends an invitation with the landlord that came of it; no row: somebody was first.
-- $1 id uuid
-- $2 client uuid
-- $3 terms text
-- $4 accepted_at timestamptz
update landlord_invitation set status = 'accepted', client = $2, terms = $3, accepted_at = $4
where id = $1 and status = 'sent'
returning id
