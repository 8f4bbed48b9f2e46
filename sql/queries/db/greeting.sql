-- Run on each new connection: a restored or copied cluster, or a promoted standby, begins a new
-- generation of the log before anything is written to it.
select ensure_generation()
