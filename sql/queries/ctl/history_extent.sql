-- How much there is to walk: premises, and the day of the oldest fact.
select (select count(*) from premises where merged_into is null) as premises,
    (select min(occurred_on) from fact where status <> 'erased') as oldest
