-- Which sets run as a shadow now.
select sha256 from shadow order by started_at, sha256
