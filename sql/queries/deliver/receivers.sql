-- Every receiver as deliver needs it.
select id, kind, url, ca_file, expected_name, certificate, private_key, private_range,
    paused_at is not null as paused
from receiver
order by id
