-- The oldest tombstone that was not written out yet.
select certificate, line from tombstone_waiting order by certificate limit 1
