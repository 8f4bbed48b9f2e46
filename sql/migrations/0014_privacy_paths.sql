-- 0014: paths to what is due and to what is disputed. A summary per block of last days only ever widens, so
-- that in time each run would read all blocks again; equal days are kept once in a tree.
drop index fact_by_destroy_on;
create index fact_by_destroy_on on fact (destroy_on) where status <> 'erased';
create index alert_disputed on alert (premises) where disputed;
