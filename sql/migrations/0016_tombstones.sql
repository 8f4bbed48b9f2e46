-- 0016: a tombstone is written with what it is of, and waits here until it stands in the file outside.
create table tombstone_waiting (
    certificate uuid primary key references erasure_certificate,
    line        text not null
);
