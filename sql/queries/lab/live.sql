-- The set in force, since when, and who published it.
select sha256, published_at from ruleset_publication order by published_at desc, id desc limit 1
