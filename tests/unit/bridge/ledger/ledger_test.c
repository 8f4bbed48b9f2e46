/* The ledger against a real PostgreSQL: what a batch leaves behind, and that it leaves it once. */
#include "../../unit.h"

#include "../../pg.h"

#include <pandwacht/crypto.h>
#include <pandwacht/ledger.h>

#define TODAY "2026-03-10"

static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;
static struct pw_keys *keys;
static const struct pw_fact_model *model;
static struct pw_ledger *ledger;
static struct pw_arena *arena;
static const struct pw_uuid client_a = {{0xa}}, client_b = {{0xb}};

static int open_all(void **state)
{
    struct pw_err err;

    (void)state;
    url = pg_fresh("ledger");
    loop = pw_loop_new();
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true, .deadline_ms = 60000});
    keys = pw_crypto_keys_for_test("ledger");
    if (!pw_facts_load_dir("rules", &model, &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    ledger = pw_ledger_new(&(struct pw_ledger_options){.loop = loop, .db = db, .keys = keys, .model = model});
    arena = pw_arena_new();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    pw_arena_free(arena);
    pw_ledger_free(ledger);
    pw_db_free(db);
    pw_facts_unref(model);
    pw_crypto_keys_free(keys);
    pw_loop_free(loop);
    return 0;
}

/* ---- making items ---- */

static struct pw_ledger_item item_for(const struct pw_uuid *client, const char *kind, const char *json)
{
    const struct pw_json *node;
    struct pw_faults faults;
    struct pw_draft *draft = PW_NEW(arena, struct pw_draft);
    struct pw_read_options options = {.kind = pw_facts_kind(model, pw_str_z(kind))};
    struct pw_buf buf;

    pw_faults_init(&faults, arena);
    assert_true(pw_day_parse(PW_STR(TODAY), &options.today));
    assert_true(pw_json_read(arena, pw_str_z(json), NULL, &node, &faults));
    if (!pw_facts_read_json(model, node, &options, arena, draft, &faults)) {
        for (size_t i = 0; i < faults.count; i++) {
            print_error("%.*s: %s\n", PW_STR_ARG(faults.items[i].name), pw_fault_word(faults.items[i].code));
        }
        fail();
    }
    pw_buf_init(&buf, 65536);
    pw_facts_canonical(draft->kind, node, &buf);
    struct pw_str canonical = pw_str_dup(arena, pw_buf_str(&buf));
    pw_buf_release(&buf);
    return (struct pw_ledger_item){.op = PW_LEDGER_FACT,
        .draft = draft,
        .client = *client,
        .controller = PW_STR("00000001234567890000"),
        .received_at = pw_loop_wall(loop),
        .source_classes = ~0u,
        .canonical = canonical};
}

static const char *text(const char *fmt, ...) PW_PRINTF(1, 2);
static const char *text(const char *fmt, ...)
{
    char out[4096];
    va_list args;

    va_start(args, fmt);
    vsnprintf(out, sizeof(out), fmt, args);
    va_end(args);
    return pw_str_dup(arena, pw_str_z(out)).data;
}

static struct pw_ledger_item tip_at(const char *source_id, const char *premises, const char *more)
{
    return item_for(&client_a, "tip",
        text("{\"sourceId\":\"%s\",\"premises\":%s,\"occurredOn\":\"2026-03-01\",\"ground\":\"public-task\","
             "\"channel\":\"web\",\"category\":\"smell-cannabis\"%s}",
            source_id, premises, more));
}

static struct pw_ledger_item payment(const char *source_id, const char *bag, const char *tenancy)
{
    return item_for(&client_a, "payment",
        text("{\"sourceId\":\"%s\",\"premises\":{\"bagId\":\"%s\"},\"tenancy\":\"%s\",\"occurredOn\":"
             "\"2026-02-01\",\"ground\":\"legitimate-interest\",\"method\":\"cash\",\"purpose\":\"rent\","
             "\"amountEur\":900,\"term\":\"2026-02\",\"payerIsTenant\":\"unknown\"}",
            source_id, bag, tenancy));
}

static struct pw_ledger_item registration(const char *source_id, const char *bag)
{
    return item_for(&client_a, "registration",
        text("{\"sourceId\":\"%s\",\"premises\":{\"bagId\":\"%s\"},\"occurredOn\":\"2026-01-01\",\"ground\":"
             "\"legitimate-interest\",\"event\":\"started\",\"lettingType\":\"business\",\"startOn\":"
             "\"2026-01-01\",\"rentEur\":1200,\"tenantKind\":\"company\",\"tenant\":{\"scheme\":\"kvk\","
             "\"value\":\"12345678\"}}",
            source_id, bag));
}

static struct pw_ledger_item ending(
    enum pw_ledger_op op, const char *source_id, const struct pw_uuid *target, const char *kind)
{
    return (struct pw_ledger_item){.op = op,
        .client = client_a,
        .controller = PW_STR("00000001234567890000"),
        .received_at = pw_loop_wall(loop),
        .source_classes = ~0u,
        .source_id = pw_str_z(source_id),
        .target = *target,
        .target_kind = pw_str_z(kind),
        .reason = PW_STR("false"),
        .note = PW_STR("a note of 0612345678"),
        .ground = PW_STR("public-task"),
        .occurred_on = 20500,
        .canonical = pw_str_printf(arena, "%s", source_id)};
}

/* ---- running ---- */

static void on_done(void *arg)
{
    *(bool *)arg = true;
}

static void write_with(struct pw_ledger *with, struct pw_ledger_item *items, size_t count)
{
    bool done = false;

    pw_ledger_write(with, arena, items, count, on_done, &done);
    assert_false(done);
    while (!done) {
        pw_loop_step(loop, 100);
    }
    for (size_t i = 0; i < count; i++) {
        if (items[i].result == PW_LEDGER_FAILED || items[i].result == PW_LEDGER_REFUSED) {
            print_message("item %zu: %s\n", i, items[i].err.text);
        }
    }
}

static void write_items(struct pw_ledger_item *items, size_t count)
{
    write_with(ledger, items, count);
}

static struct pw_ledger_item write_one(struct pw_ledger_item item)
{
    write_items(&item, 1);
    return item;
}

static long number(const char *sql)
{
    return strtol(pg_sql(url, sql), NULL, 10);
}

/* Every row the ledger may write, as one number of rows a table. */
static const char *rows_now(void)
{
    return text("%s",
        pg_sql(url, "select concat_ws('/', (select count(*) from fact), (select count(*) from intake_key),"
                    "(select count(*) from premises), (select count(*) from premises_alias), (select "
                    "count(*) from party),"
                    "(select count(*) from party_index), (select count(*) from sealed_text), (select "
                    "count(*) from tenancy),"
                    "(select count(*) from audit_record))"));
}

/* ---- tests ---- */

#define ADDRESS "{\"address\":{\"postcode\":\"1234AB\",\"houseNumber\":12}}"

static void a_tip_becomes_a_fact(void **state)
{
    (void)state;
    struct pw_ledger_item tip = write_one(tip_at("one-1", ADDRESS,
        ",\"origin\":{\"scheme\":\"phone\",\"value\":\"0612345678\"},\"text\":\"zoete lucht bij "
        "0612345678\""));

    assert_int_equal(tip.result, PW_LEDGER_CREATED);
    assert_int_equal(number("select count(*) from fact where kind = 'tip' and status = 'live'"), 1);
    assert_int_equal(
        number("select count(*) from fact f join premises p on p.id = f.premises where p.postcode"
               " = '1234AB' and p.house_number = 12 and f.origin is not null"),
        1);
    assert_int_equal(number("select count(*) from sealed_text"), 1);
    assert_int_equal(number("select count(*) from fact where destroy_on is not null"), 1);
    /* the number is nowhere to be read */
    assert_int_equal(
        number("select count(*) from (select f::text as t from fact f union all select p::text from"
               " party p union all select i::text from party_index i union all select k::text from"
               " intake_key k union all select encode(s.sealed, 'escape') from sealed_text s union"
               " all select d::text from audit_detail d) x where t like '%612345678%'"),
        0);
}

static void the_same_batch_twice_leaves_the_same_rows(void **state)
{
    enum { N = 200 };
    struct pw_ledger_item first[N], again[N];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) {
            const char *bag = text("03630100%08d", i % 50);
            struct pw_ledger_item *item = round == 0 ? &first[i] : &again[i];
            *item = i % 3 == 0 ? registration(text("same-%d", i), bag)
                    : i % 3 == 1
                        ? payment(text("same-%d", i), bag, text("same-%d", i - 1))
                        : tip_at(text("same-%d", i), text("{\"bagId\":\"%s\"}", bag), ",\"text\":\"x\"");
        }
    }
    write_items(first, N);
    const char *before = rows_now();
    write_items(again, N);
    assert_string_equal(before, rows_now());
    for (int i = 0; i < N; i++) {
        assert_int_equal(first[i].result, PW_LEDGER_CREATED);
        assert_int_equal(again[i].result, PW_LEDGER_DUPLICATE);
        assert_true(pw_uuid_eq(&first[i].id, &again[i].id));
        assert_true(pw_uuid_eq(&first[i].premises, &again[i].premises));
        assert_true(pw_uuid_eq(&first[i].tenancy, &again[i].tenancy));
        assert_int_equal(first[i].received_at, again[i].first_received_at);
    }
}

static void other_content_conflicts_and_changes_nothing(void **state)
{
    (void)state;
    struct pw_ledger_item made = write_one(tip_at("conf-1", ADDRESS, ""));
    const char *before = rows_now();
    struct pw_ledger_item other = write_one(tip_at("conf-1", ADDRESS, ",\"atNight\":true"));
    struct pw_ledger_item elsewhere =
        write_one(tip_at("conf-1", "{\"address\":{\"postcode\":\"9999ZZ\",\"houseNumber\":1}}", ""));

    assert_int_equal(made.result, PW_LEDGER_CREATED);
    assert_int_equal(other.result, PW_LEDGER_CONFLICT);
    assert_int_equal(elsewhere.result, PW_LEDGER_CONFLICT);
    assert_string_equal(before, rows_now());
}

static void a_source_id_twice_in_one_batch(void **state)
{
    (void)state;
    struct pw_ledger_item items[3] = {tip_at("in-1", ADDRESS, ""), tip_at("in-1", ADDRESS, ""),
        tip_at("in-1", ADDRESS, ",\"atNight\":true")};

    write_items(items, 3);
    assert_int_equal(items[0].result, PW_LEDGER_CREATED);
    assert_int_equal(items[1].result, PW_LEDGER_DUPLICATE);
    assert_true(pw_uuid_eq(&items[0].id, &items[1].id));
    assert_int_equal(items[2].result, PW_LEDGER_CONFLICT);
}

static void a_fact_may_come_before_its_registration(void **state)
{
    (void)state;
    struct pw_ledger_item paid = write_one(payment("pre-2", "0363010000009001", "pre-1"));
    assert_int_equal(
        number("select count(*) from tenancy t join premises p on p.id = t.premises where p.bag_id ="
               " '0363010000009001'"),
        0);
    struct pw_ledger_item started = write_one(registration("pre-1", "0363010000009001"));

    assert_int_equal(started.result, PW_LEDGER_CREATED);
    assert_true(pw_uuid_eq(&paid.tenancy, &started.tenancy));
    assert_int_equal(
        number("select count(*) from tenancy t join premises p on p.id = t.premises where p.bag_id ="
               " '0363010000009001' and t.started_on = '2026-01-01' and t.ended_on is null"),
        1);
    /* taking the registration back takes the start back */
    struct pw_ledger_item back =
        write_one(ending(PW_LEDGER_RETRACTION, "pre-3", &started.id, "registration"));
    assert_int_equal(back.result, PW_LEDGER_CREATED);
    assert_int_equal(
        number("select count(*) from tenancy t join premises p on p.id = t.premises where p.bag_id ="
               " '0363010000009001' and t.started_on is not null"),
        0);
}

static void retractions(void **state)
{
    (void)state;
    struct pw_ledger_item tip = write_one(tip_at("ret-1", ADDRESS, ""));
    struct pw_ledger_item foreign = ending(PW_LEDGER_RETRACTION, "ret-2", &tip.id, "tip");
    foreign.client = client_b;

    assert_int_equal(write_one(foreign).result, PW_LEDGER_NOT_FOUND);
    assert_int_equal(
        write_one(ending(PW_LEDGER_RETRACTION, "ret-2", &tip.id, "payment")).result, PW_LEDGER_NOT_FOUND);
    assert_int_equal(
        write_one(ending(PW_LEDGER_RETRACTION, "ret-2", &client_b, "tip")).result, PW_LEDGER_NOT_FOUND);
    struct pw_ledger_item done = write_one(ending(PW_LEDGER_RETRACTION, "ret-2", &tip.id, "tip"));
    assert_int_equal(done.result, PW_LEDGER_CREATED);
    assert_true(pw_uuid_eq(&done.premises, &tip.premises));
    assert_int_equal(
        write_one(ending(PW_LEDGER_RETRACTION, "ret-2", &tip.id, "tip")).result, PW_LEDGER_DUPLICATE);
    assert_int_equal(
        write_one(ending(PW_LEDGER_RETRACTION, "ret-3", &tip.id, "tip")).result, PW_LEDGER_CONFLICT);
    assert_int_equal(
        number("select count(*) from fact f join fact r on r.id = f.ended_by where f.status ="
               " 'retracted' and r.kind = 'retraction' and f.source_id = 'ret-1' and f.ended_xact ="
               " r.xact"),
        1);
    /* two in one batch: one ends it */
    struct pw_ledger_item other = write_one(tip_at("ret-4", ADDRESS, ""));
    struct pw_ledger_item both[2] = {ending(PW_LEDGER_RETRACTION, "ret-5", &other.id, "tip"),
        ending(PW_LEDGER_RETRACTION, "ret-6", &other.id, "tip")};
    write_items(both, 2);
    assert_int_equal(both[0].result, PW_LEDGER_CREATED);
    assert_int_equal(both[1].result, PW_LEDGER_CONFLICT);
}

static const struct pw_ledger_fact *found;
static struct pw_ledger_fact found_copy;

static void on_found(void *arg, const struct pw_ledger_fact *fact, const struct pw_err *err)
{
    (void)err;
    found = fact;
    if (fact != NULL) {
        found_copy = *fact;
    }
    *(bool *)arg = true;
}

static bool find(const struct pw_uuid *id, const char *kind)
{
    bool done = false;

    pw_ledger_find(ledger, arena, id, pw_str_z(kind), on_found, &done);
    while (!done) {
        pw_loop_step(loop, 100);
    }
    return found != NULL;
}

static void a_correction_moves_a_fact_to_another_house(void **state)
{
    (void)state;
    struct pw_ledger_item tip = write_one(tip_at("cor-1", ADDRESS, ""));
    struct pw_ledger_item moved = tip_at("x", "{\"bagId\":\"0363010000009100\"}", "");
    struct pw_ledger_item correction = ending(PW_LEDGER_CORRECTION, "cor-2", &tip.id, "tip");
    correction.draft = moved.draft;
    correction = write_one(correction);

    assert_int_equal(correction.result, PW_LEDGER_CREATED);
    assert_false(pw_uuid_is_nil(&correction.replaced_by));
    assert_true(find(&tip.id, "tip"));
    assert_true(pw_str_is(found_copy.status, "corrected"));
    assert_true(pw_uuid_eq(&found_copy.replaced_by, &correction.replaced_by));
    assert_true(find(&correction.replaced_by, "tip"));
    assert_true(pw_str_is(found_copy.status, "live"));
    assert_true(pw_str_is(found_copy.source_id, "cor-1"));
    assert_false(pw_uuid_eq(&found_copy.premises, &tip.premises));
    assert_false(find(&correction.replaced_by, "payment"));
    /* again: the same answer; and what took its place can itself be taken back */
    struct pw_ledger_item again = ending(PW_LEDGER_CORRECTION, "cor-2", &tip.id, "tip");
    again.draft = moved.draft;
    again = write_one(again);
    assert_int_equal(again.result, PW_LEDGER_DUPLICATE);
    assert_true(pw_uuid_eq(&again.replaced_by, &correction.replaced_by));
    assert_int_equal(write_one(ending(PW_LEDGER_RETRACTION, "cor-3", &correction.replaced_by, "tip")).result,
        PW_LEDGER_CREATED);
}

static void a_bad_item_stands_alone(void **state)
{
    enum { N = 9 };
    struct pw_ledger_item items[N];

    (void)state;
    for (int i = 0; i < N; i++) {
        items[i] = tip_at(text("bad-%d", i), ADDRESS, "");
    }
    items[6].controller = PW_STR("\xff"); /* no text for PostgreSQL; nothing of ours lets it through */
    write_items(items, N);
    for (int i = 0; i < N; i++) {
        assert_int_equal(items[i].result, i == 6 ? PW_LEDGER_REFUSED : PW_LEDGER_CREATED);
    }
    assert_int_equal(number("select count(*) from fact where source_id like 'bad-%'"), N - 1);
    assert_int_equal(number("select count(*) from intake_key where source_id like 'bad-%'"), N - 1);
}

static void an_unknown_premises_id_is_not_found(void **state)
{
    (void)state;
    struct pw_ledger_item tip =
        write_one(tip_at("id-1", "{\"premisesId\":\"01950000-0000-7000-8000-000000000001\"}", ""));

    assert_int_equal(tip.result, PW_LEDGER_NOT_FOUND);
    assert_int_equal(number("select count(*) from intake_key where source_id = 'id-1'"), 0);
}

static void two_writers_make_one_premises(void **state)
{
    enum { N = 40 };
    struct pw_ledger_item left[N], right[N];
    bool left_done = false, right_done = false;

    (void)state;
    for (int i = 0; i < N; i++) {
        const char *more = text(",\"origin\":{\"scheme\":\"phone\",\"value\":\"06123400%02d\"}", i);
        left[i] = tip_at(
            text("l-%d", i), text("{\"address\":{\"postcode\":\"4321CD\",\"houseNumber\":%d}}", i + 1), more);
        right[i] =
            tip_at(text("r-%d", i), text("{\"address\":{\"postcode\":\"4321CD\",\"houseNumber\":%d}}", N - i),
                text(",\"origin\":{\"scheme\":\"phone\",\"value\":\"06123400%02d\"}", N - 1 - i));
    }
    pw_ledger_write(ledger, arena, left, N, on_done, &left_done);
    pw_ledger_write(ledger, arena, right, N, on_done, &right_done);
    while (!left_done || !right_done) {
        pw_loop_step(loop, 100);
    }
    for (int i = 0; i < N; i++) {
        assert_int_equal(left[i].result, PW_LEDGER_CREATED);
        assert_int_equal(right[N - 1 - i].result, PW_LEDGER_CREATED);
        assert_true(pw_uuid_eq(&left[i].premises, &right[N - 1 - i].premises));
    }
    assert_int_equal(number("select count(*) from premises where postcode = '4321CD'"), N);
    assert_int_equal(number("select count(distinct f.origin) from fact f join premises p on p.id = f.premises"
                            " where p.postcode = '4321CD'"),
        N);
}

/* ---- within somebody else's transaction ---- */

static void on_resolved(void *arg, bool ok, const struct pw_err *err)
{
    if (!ok) {
        print_error("%s\n", err->text);
    }
    *(int *)arg = ok ? 1 : -1;
}

static void on_committed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)tx;
    on_resolved(arg, ok, err);
}

static void resolve(struct pw_ledger_premises *premises)
{
    int state = 0;
    struct pw_tx *tx = pw_db_begin(db, "test: resolve", 0);

    pw_ledger_premises_resolve(ledger, tx, arena, premises, 1, on_resolved, &state);
    while (state == 0) {
        pw_loop_step(loop, 100);
    }
    assert_int_equal(state, 1);
    state = 0;
    pw_tx_commit(tx, on_committed, &state);
    while (state == 0) {
        pw_loop_step(loop, 100);
    }
    assert_int_equal(state, 1);
}

static void a_tip_by_address_and_a_registration_by_bag_id_are_one(void **state)
{
    static const struct pw_address address = {.postcode = {"5555EE", 6},
        .house_number = 7,
        .letter = {"", 0},
        .addition = {"", 0},
        .municipality = {"", 0}};
    const char *by_address = "{\"address\":{\"postcode\":\"5555EE\",\"houseNumber\":7}}";

    (void)state;
    struct pw_ledger_item tip = write_one(tip_at("join-1", by_address, ",\"text\":\"x\""));
    struct pw_ledger_item lease = write_one(registration("join-2", "0363010000009200"));
    assert_false(pw_uuid_eq(&tip.premises, &lease.premises)); /* nobody has said yet that they are one */
    struct pw_ledger_premises both = {
        .ref = {.by = PW_PREMISES_BY_BAG, .bag_id = PW_STR("0363010000009200")}, .also = &address};
    resolve(&both);
    assert_true(pw_uuid_eq(&both.resolved, &lease.premises));
    struct pw_ledger_item later = write_one(tip_at("join-3", by_address, ""));
    assert_true(pw_uuid_eq(&later.premises, &lease.premises));
    assert_int_equal(
        number("select count(*) from fact f join premises p on p.id = f.premises where p.bag_id ="
               " '0363010000009200' and f.status = 'live' and p.postcode = '5555EE'"),
        3);
    assert_int_equal(number("select count(*) from premises where merged_into is not null"), 1);
    assert_int_equal(number("select count(*) from due where reason = 'merged'"), 2);
    /* the moved tip is found, repeated and taken back where it is now */
    assert_int_equal(write_one(tip_at("join-1", by_address, ",\"text\":\"x\"")).result, PW_LEDGER_DUPLICATE);
    assert_int_equal(
        write_one(ending(PW_LEDGER_RETRACTION, "join-4", &tip.id, "tip")).result, PW_LEDGER_CREATED);
    resolve(&both); /* once more changes nothing */
    assert_int_equal(number("select count(*) from premises where merged_into is not null"), 1);
}

static void run(struct pw_tx *tx)
{
    struct pw_err err;

    if (!pw_tx_run(tx, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    pw_tx_close(tx);
}

static void events_count_per_premises_and_receiver(void **state)
{
    struct pw_uuid premises = pw_uuid_v7(1), receiver = pw_uuid_v7(2), events[3];

    (void)state;
    char id[PW_UUID_TEXT];
    pg_sql(
        url, text("insert into receiver (id, name, kind, oin, url, ca_file, expected_name) values ('%s', 'r',"
                  " 'desk', '00000001234567890000', 'https://x/', '/x', 'x')",
                 pw_uuid_format(&receiver, id)));
    for (int i = 0; i < 3; i++) {
        events[i] = pw_uuid_v8(pw_str_z(text("%d", i)));
        for (int twice = 0; twice < 2; twice++) {
            struct pw_tx *tx = pw_db_begin(db, "test: outbox", 0);
            pw_ledger_outbox_add(tx, &premises, &receiver, &events[i], PW_STR("nl.pandwacht.alert.raised"),
                &premises, PW_STR("{\"id\":\"x\"}"));
            run(tx);
        }
    }
    assert_string_equal(
        pg_sql(url, "select string_agg(body->>'sequence', ',' order by sequence) from outbox"), "1,2,3");
}

static void a_fact_in_the_callers_transaction(void **state)
{
    (void)state;
    struct pw_ledger_item tip = write_one(tip_at("own-0", ADDRESS, ""));
    for (int i = 0; i < 2; i++) {
        struct pw_ledger_item item = tip_at("own-1", ADDRESS, ",\"text\":\"x\"");
        item.premises = tip.premises;
        struct pw_tx *tx = pw_db_begin(db, "test: fact", 0);
        struct pw_err err;
        size_t claimed = pw_ledger_fact_add(ledger, tx, arena, &item);
        assert_true(pw_tx_run_step(tx, &err));
        assert_int_equal(pw_rows_count(pw_tx_rows(tx, claimed)), i == 0 ? 1 : 0);
        if (i == 0) {
            assert_true(pw_tx_run(tx, &err));
        }
        pw_tx_close(tx);
    }
    assert_int_equal(number("select count(*) from fact where source_id = 'own-1'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_tip_becomes_a_fact),
        cmocka_unit_test(the_same_batch_twice_leaves_the_same_rows),
        cmocka_unit_test(other_content_conflicts_and_changes_nothing),
        cmocka_unit_test(a_source_id_twice_in_one_batch),
        cmocka_unit_test(a_fact_may_come_before_its_registration), cmocka_unit_test(retractions),
        cmocka_unit_test(a_correction_moves_a_fact_to_another_house),
        cmocka_unit_test(a_bad_item_stands_alone), cmocka_unit_test(an_unknown_premises_id_is_not_found),
        cmocka_unit_test(two_writers_make_one_premises),
        cmocka_unit_test(a_tip_by_address_and_a_registration_by_bag_id_are_one),
        cmocka_unit_test(events_count_per_premises_and_receiver),
        cmocka_unit_test(a_fact_in_the_callers_transaction)};

    return cmocka_run_group_tests(tests, open_all, close_all);
}
