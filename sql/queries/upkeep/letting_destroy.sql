-- What landlords left here ends by its date.
-- $1 today date
-- $2 most bigint
with gone as (
    delete from observation
    where id in (select id from observation where destroy_on < $1 limit $2)
    returning 1), kept as (
    delete from care_entry
    where (client, premises, id) in (select client, premises, id from care_entry where destroy_on < $1 limit $2)
    returning 1), refused as (
    delete from tenant_rejection
    where tenant_check in (select tenant_check from tenant_rejection where destroy_on < $1 limit $2)
    returning 1), invited as (
    delete from landlord_invitation
    where id in (select id from landlord_invitation where status = 'sent' and expires_on < $1 - 30 limit $2)
    returning 1)
select (select count(*) from gone) + (select count(*) from kept) + (select count(*) from refused)
     + (select count(*) from invited) as destroyed
