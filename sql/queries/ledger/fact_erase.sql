-- Erases facts: their fields, texts and persons go; that there was one stays for a while, so that its premises
-- are assessed anew and its source is told. Erasing is an end; one that had ended keeps its place.
-- $1 premises uuid[]
-- $2 ids uuid[]
-- $3 at timestamptz
-- $4 certificate uuid
with gone as (
    update fact f
    set status = 'erased', payload = '\x01', origin = null, report = null, based_on = '{}', danger = false,
        source_id = f.id::text, destroy_on = null, ended_at = coalesce(f.ended_at, $3),
        ended_generation = coalesce(f.ended_generation, current_generation()),
        ended_xact = coalesce(f.ended_xact, pg_current_xact_id())
    from unnest($1, $2) as u(premises, id)
    where f.premises = u.premises and f.id = u.id and f.status <> 'erased'
    returning f.premises, f.id, f.kind, f.tenancy, f.generation, f.xact),
texts as (delete from sealed_text s using gone g where s.premises = g.premises and s.fact = g.id),
persons as (
    delete from fact_party p using gone g where p.premises = g.premises and p.fact = g.id returning p.party),
chunks as (delete from dossier_chunk c using gone g where c.premises = g.premises),
tenancies as (
    delete from tenancy t using gone g
    where g.kind = 'registration' and t.premises = g.premises and t.id = g.tenancy
      and not exists (select from fact r
                      where r.premises = t.premises and r.tenancy = t.id and r.kind = 'registration'
                        and r.status = 'live' and r.id <> all (select id from gone))),
traces as (
    insert into erased_fact (premises, fact, generation, xact, erased_at, certificate)
    select g.premises, g.id, g.generation, g.xact, $3, $4 from gone g
    on conflict do nothing)
select g.premises, g.id, (select array_agg(distinct party) from persons) as parties from gone g
