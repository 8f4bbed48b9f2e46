/*
 * import --kind premises: attributes of premises from a file. A line names the premises and, where
 * both are known, its address beside its BAG id, so that the two names are one premises.
 */
#include "import_int.h"

#define STORED_MAX 65536

void import_premises_line(struct import *import, const struct pw_json *json, size_t line)
{
    struct pw_faults faults;
    const struct pw_at at = {.name = "premises"};
    const struct pw_json *premises = pw_json_get(json, "premises");
    const struct pw_json *attributes = pw_json_get(json, "attributes");
    struct pw_premises_draft *draft = &import->drafts[import->count];
    bool placed = pw_json_get(attributes, "address") != NULL;
    pw_day today = pw_day_in_netherlands(pw_loop_wall(import->bench.loop));
    struct pw_ledger_premises *place = &import->places[import->count];
    *place = (struct pw_ledger_premises){0};
    pw_faults_init(&faults, import->arena);
    if (premises == NULL || attributes == NULL) {
        import_reject(import, line, premises == NULL ? "/premises" : "/attributes", "required");
        return;
    }
    if (!pw_premises_read_ref(import->arena, premises, &at, &place->ref, &faults) ||
        !pw_facts_read_premises(import->model, attributes, today, placed, import->arena, draft, &faults)) {
        import_reject(import, line, pw_str_dup(import->arena, faults.items[0].name).data,
            pw_fault_word(faults.items[0].code));
        return;
    }
    if (placed && place->ref.by != PW_PREMISES_BY_ADDRESS)
        place->also = &draft->address;
    import->lines[import->count++] = line;
}

static void on_committed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct import *import = arg;
    (void)tx;
    import->written = true;
    if (ok)
        import->created += import->count;
    else
        import_reject(import, import->lines[0], "", pw_err_word(err->code));
}

/* The transaction under way, with the import it belongs to. */
struct writing {
    struct import *import;
    struct pw_tx *tx;
};

static void describe(struct import *import, struct pw_tx *tx, size_t i)
{
    const struct pw_kind *kind = import->model->premises;
    const struct pw_premises_draft *draft = &import->drafts[i];
    pw_usec now = pw_loop_wall(import->bench.loop);
    struct pw_uuid id = pw_uuid_v7(now);
    struct pw_parties parties;
    struct pw_buf stored;
    pw_parties_init(&parties, import->arena);
    pw_buf_init(&stored, STORED_MAX);
    pw_facts_encode(kind, draft->record, &parties, &stored);
    pw_tx_add(tx, PW_SQL_CTL_PREMISES_DESCRIBE, PW_P_UUID(&import->places[i].resolved), PW_P_UUID(&id),
        PW_P_UUID(&import->source.id), PW_P_DATE(draft->as_of), PW_P_TEXT_Z(pw_ground_words[draft->ground]),
        PW_P_TEXT_Z(pw_record_enum(draft->record, pw_kind_field(kind, PW_STR("type")))),
        PW_P_BYTEA(pw_buf_str(&stored)), PW_P_DATE(pw_day_in_netherlands(now)));
    pw_buf_release(&stored);
}

static void on_resolved(void *arg, bool ok, const struct pw_err *err)
{
    struct writing *writing = arg;
    struct import *import = writing->import;
    if (!ok) {
        import->written = true;
        import_reject(import, import->lines[0], "", pw_err_word(err->code));
        return;
    }
    for (size_t i = 0; i < import->count; i++) {
        if (pw_uuid_is_nil(&import->places[i].resolved))
            import_reject(import, import->lines[i], "/premises/premisesId", "reference");
        else
            describe(import, writing->tx, i);
    }
    pw_tx_commit(writing->tx, on_committed, import);
}

void import_premises_write(struct import *import)
{
    struct writing writing = {import, pw_db_begin(import->bench.db, "ctl: import premises", 0)};
    import->written = false;
    pw_ledger_premises_resolve(
        import->ledger, writing.tx, import->arena, import->places, import->count, on_resolved, &writing);
    while (!import->written)
        pw_loop_step(import->bench.loop, 1000);
}
