-- 0012: a database user for each role of the daemon. Its grants are not written down but found: every statement
-- that the role runs is explained as that user, and what PostgreSQL says is lacking is granted, the least that
-- helps. `pandwacht migrate --users` does it, as the owner of the tables, who must be a member of these users. Rows
-- are guarded by user beside that; the owner, as whom a small installation runs everything, is not held by these
-- policies.

-- The table that this user may not touch as the statement wants; null: it may do all of it.
create function lacking_table(who text, statement text) returns text
    language plpgsql as $$
declare
    message text;
    named text;
begin
    execute format('set local role %I', who);
    execute 'explain ' || statement;
    raise exception using errcode = 'PW000';            -- gives the role back too
exception
    when sqlstate 'PW000' then return null;
    when insufficient_privilege then
        get stacked diagnostics message = message_text;
        select relname into named                       -- in whatever language the server speaks
        from pg_class where relnamespace = 'public'::regnamespace and message ~ ('\m' || relname || '\M')
        order by length(relname) desc limit 1;
        if named is null then
            raise exception '% (as % in: %)', message, who, statement;
        end if;
        return named;
end $$;

-- Grants what this statement lacks, and no more.
create function grant_statement(who text, statement text) returns void
    language plpgsql as $$
declare
    sets constant text[] := array['select', 'insert', 'update', 'delete', 'select,insert', 'select,update', 'select,delete',
                                  'insert,update', 'select,insert,update', 'select,update,delete', 'select,insert,update,delete'];
    lacking text := lacking_table(who, statement);
    privileges text;
begin
    while lacking is not null loop
        <<one_table>>
        foreach privileges in array sets loop
            begin
                execute format('grant %s on %I to %I', privileges, lacking, who);
                if lacking_table(who, statement) is distinct from lacking then
                    exit one_table;
                end if;
                raise exception using errcode = 'PW001'; -- did not help: taken back
            exception when sqlstate 'PW001' then null;
            end;
        end loop;
        if lacking_table(who, statement) = lacking then
            raise exception 'nothing that could be granted on % is enough for: %', lacking, statement;
        end if;
        lacking := lacking_table(who, statement);
    end loop;
end $$;

-- Gives the user exactly what these statements need, and makes it where it is missing; returns what a superuser has to
-- run first where we may not. `types` are the oids of each statement's parameters, apart by commas; a parameter is explained as a null of its type.
create function grant_statements(who text, statements text[], types text[]) returns text
    language plpgsql as $$
declare
    statement text;
    oids text[];
begin
    if not exists (select from pg_roles where rolname = who) then
        if not (select rolsuper from pg_roles where rolname = current_user) then
            return format('create role %I login role %I', who, current_user);
        end if;
        execute format('create role %I login', who);
    elsif not pg_has_role(current_user, who, 'member') then
        return format('grant %I to %I', who, current_user);
    end if;
    execute format('revoke all on all tables in schema public from %I', who);
    for n in 1 .. cardinality(statements) loop
        statement := statements[n];
        oids := string_to_array(types[n], ',');
        for i in reverse cardinality(oids) .. 1 loop
            statement := regexp_replace(statement, '[$]' || i || '(?![0-9])',
                                        'null::' || format_type(oids[i]::oid, null), 'g');
        end loop;
        perform grant_statement(who, statement);
    end loop;
    return null;
end $$;

-- Every connection asks for the generation; only the house itself may begin one.
alter function ensure_generation() security definer set search_path = public, pg_temp;
alter function current_generation() security definer set search_path = public, pg_temp;

-- Whoever works in the background cannot say that a person or a system did it, and the API cannot say that the
-- operator did.
alter table audit_record enable row level security;
create policy audit_read on audit_record for select using (true);
create policy audit_write on audit_record for insert with check (
    case when current_user in ('pandwacht-assess', 'pandwacht-deliver', 'pandwacht-upkeep', 'pandwacht-batch') then actor_kind = 'system'
         when current_user = 'pandwacht-api' then actor_kind <> 'operator'
         else true end);

-- Cleaning up reaches what is over, never a session in use or a check that is still kept.
alter table session enable row level security;
create policy session_in_use on session using (
    current_user <> 'pandwacht-upkeep' or ended_at < now() or expires_at < now());
alter table tenant_check enable row level security;
create policy tenant_check_kept on tenant_check using (
    current_user <> 'pandwacht-upkeep' or destroy_on <= (now() at time zone 'Europe/Amsterdam')::date);
