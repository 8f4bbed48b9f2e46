-- Landlords by how often they turned somebody away, and for which findings; no premises, no applicant.
-- $1 most bigint
select r.client, count(*) as rejections, count(*) filter (where r.findings = '{}') as unexplained,
    (select count(*) from tenant_check c where c.client = r.client and c.stage = 'selected') as checks,
    (select jsonb_object_agg(f.code, f.times)::text
     from (select code, count(*) as times
           from tenant_rejection x, unnest(x.findings) as code
           where x.client = r.client group by code) f) as by_finding
from tenant_rejection r
group by r.client
order by count(*) desc, r.client
limit $1
