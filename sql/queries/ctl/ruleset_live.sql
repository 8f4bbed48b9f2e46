-- The rule set in force, whole.
select r.bundle
from ruleset_publication p join ruleset r on r.sha256 = p.sha256
order by p.published_at desc, p.id desc limit 1
