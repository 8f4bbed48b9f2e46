-- Every client: a source's own number of somebody is compared within one client only.
select id from client
