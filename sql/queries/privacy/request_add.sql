-- A request of a data subject.
-- $1 id uuid
-- $2 asks text
-- $3 received_on date
-- $4 due_on date
-- $5 parties uuid[]
-- $6 places jsonb
-- $7 note bytea
-- $8 created_by uuid
insert into subject_request (id, asks, received_on, due_on, parties, places, note, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
