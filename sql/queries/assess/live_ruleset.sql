-- The rule set in force.
select sha256 from ruleset_publication order by published_at desc, id desc limit 1
