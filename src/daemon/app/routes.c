/*
 * The routes of the API: the fixed rows of routes.def, and for each fact kind the rows made from
 * its declaration. Both the server and the OpenAPI document read the same rows.
 */
#include "app_int.h"

#include <string.h>

struct row {
    struct route_text text;
    pw_http_handler handler;
    void *stage;
    size_t body_max;
    int64_t deadline_ms;
    const char *accepts;
};

struct rows {
    struct pw_arena *arena;
    struct row *items;
    size_t count, cap;
};

/* Room for the fixed rows and four for each kind. */
#define FIXED_MAX 256

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void add(struct rows *rows, const struct row *row)
{
    if (rows->count < rows->cap)
        rows->items[rows->count++] = *row;
}

static void add_fixed(struct pw_app *app, struct rows *rows)
{
    size_t batch = (size_t)app->config->intake_batch_body_max;
    /* The stages by the names that routes.def uses for them; `app` is one too. */
    void *const intake = app->intake, *const access = app->access, *const desk = app->desk,
                *const check = app->check, *const deliver = app->deliver, *const lab = app->lab,
                *const privacy = app->privacy;
#define PW_X(                                                                                                \
    method_, pattern_, scope_, stage_, handler_, status_, if_match_, body_, request_, answer_, id_, sum_)    \
    add(rows, &(struct row){.text = {PW_HTTP_##method_, pattern_, &pw_scope_##scope_, id_, sum_,             \
                                or_null(request_), or_null(answer_), status_, if_match_},                    \
                  .handler = handler_,                                                                       \
                  .stage = stage_,                                                                           \
                  .body_max = body_});
#include "routes.def"
#undef PW_X
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].body_max == batch) {
            rows->items[i].accepts = "application/x-ndjson";
            rows->items[i].deadline_ms = 120000;
        }
}

/* "TenancyEvent" of "tenancy-event": the name of its schema, with `suffix` behind it. */
static const char *schema_name(struct pw_arena *arena, struct pw_str kind, const char *suffix)
{
    char *name = pw_arena_alloc(arena, kind.len + strlen(suffix) + 1);
    size_t n = 0;
    bool upper = true;
    for (size_t i = 0; i < kind.len; i++) {
        char c = kind.data[i];
        if (c == '-') {
            upper = true;
            continue;
        }
        name[n++] = (char)(upper && c >= 'a' && c <= 'z' ? c - 32 : c);
        upper = false;
    }
    memcpy(name + n, suffix, strlen(suffix) + 1);
    return name;
}

static const char *path(struct pw_arena *arena, struct pw_str collection, const char *behind)
{
    return pw_str_printf(arena, "/v1/%.*s%s", PW_STR_ARG(collection), behind).data;
}

static void add_kind(struct pw_app *app, struct rows *rows, const struct pw_kind *kind)
{
    struct pw_arena *arena = app->arena;
    const char *name = schema_name(arena, kind->name, "");
    const char *body = schema_name(arena, kind->name, "Body");
    struct row row = {.stage = app->intake};
    row.text = (struct route_text){PW_HTTP_POST, path(arena, kind->collection, ""), &pw_scope_source,
        pw_str_printf(arena, "post%s", name).data,
        pw_str_printf(arena, "Take in: %.*s", PW_STR_ARG(kind->title.en)).data, body, "FactAnswer", 201,
        false};
    row.handler = kind->by_route ? pw_intake_refuse : pw_intake_post_fact;
    add(rows, &row);
    if (kind->by_route)
        return;
    row.text = (struct route_text){PW_HTTP_GET, path(arena, kind->collection, "/{id}"), &pw_scope_facts,
        pw_str_printf(arena, "get%s", name).data, "One fact, for the client that sent it and for the desk",
        NULL, "FactAnswer", 200, false};
    row.handler = pw_intake_get_fact;
    add(rows, &row);
    row.text = (struct route_text){PW_HTTP_POST, path(arena, kind->collection, "/{id}/retractions"),
        &pw_scope_source, pw_str_printf(arena, "retract%s", name).data, "Take a fact back", "RetractionBody",
        "FactAnswer", 201, false};
    row.handler = pw_intake_post_retraction;
    add(rows, &row);
    row.text = (struct route_text){PW_HTTP_POST, path(arena, kind->collection, "/{id}/corrections"),
        &pw_scope_source, pw_str_printf(arena, "correct%s", name).data, "Put another fact in its place",
        "CorrectionBody", "FactAnswer", 201, false};
    row.handler = pw_intake_post_correction;
    add(rows, &row);
}

static struct rows all_rows(struct pw_app *app)
{
    struct rows rows = {.arena = app->arena, .cap = FIXED_MAX + 4 * app->model->kind_count};
    rows.items = PW_NEW_ARRAY(app->arena, rows.cap, struct row);
    add_fixed(app, &rows);
    for (size_t i = 0; i < app->model->kind_count; i++)
        if (app->model->kinds[i].collection.len > 0)
            add_kind(app, &rows, &app->model->kinds[i]);
    return rows;
}

/* The console's files: served beside the API and no part of it, so the OpenAPI document leaves them out. */
static void add_console(struct pw_app *app, struct rows *rows)
{
    struct row row = {.stage = app->console};
    row.text = (struct route_text){.method = PW_HTTP_GET, .pattern = "/", .scope = &pw_scope_open};
    row.handler = pw_console_page;
    add(rows, &row);
    row.text.pattern = "/assets/{name}";
    row.handler = pw_console_asset;
    add(rows, &row);
}

const struct pw_route *app_routes(struct pw_app *app, size_t *ret_count)
{
    struct rows rows = all_rows(app);
    add_console(app, &rows);
    struct pw_route *routes = PW_NEW_ARRAY(app->arena, rows.count, struct pw_route);
    for (size_t i = 0; i < rows.count; i++) {
        const struct row *row = &rows.items[i];
        bool has_body = row->text.method != PW_HTTP_GET && row->text.method != PW_HTTP_DELETE;
        routes[i] = (struct pw_route){
            .method = row->text.method,
            .pattern = row->text.pattern,
            .scope = row->text.scope,
            .body_max = row->body_max != 0 ? row->body_max
                        : has_body         ? (size_t)app->config->limits_body_max
                                           : 0,
            .deadline_ms = row->deadline_ms,
            .accepts = row->accepts,
            .handler = row->handler,
            .stage = row->stage,
        };
    }
    *ret_count = rows.count;
    return routes;
}

const struct route_text *app_route_texts(struct pw_app *app, size_t *ret_count)
{
    struct rows rows = all_rows(app);
    struct route_text *texts = PW_NEW_ARRAY(app->arena, rows.count, struct route_text);
    for (size_t i = 0; i < rows.count; i++)
        texts[i] = rows.items[i].text;
    *ret_count = rows.count;
    return texts;
}
