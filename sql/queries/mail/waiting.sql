-- Whether a letter waits, where there is no mail server to send it.
select 1 as waits from outgoing_mail where state = 'pending' limit 1
