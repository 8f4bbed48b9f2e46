-- Notes that a review was announced; no row when it was already.
-- $1 rule text
-- $2 review_by date
-- $3 days smallint
insert into rule_warning (rule, review_by, days) values ($1, $2, $3) on conflict do nothing
