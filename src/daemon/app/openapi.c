/*
 * /v1/openapi.json: OpenAPI 3.0.3, made once at start from the routes table, the fact declarations,
 * the tenant check's catalogue and schemas.json. Nothing is described by hand that is declared.
 */
#include "app_int.h"

#include <stdio.h>
#include <string.h>

#include <pandwacht/json.h>

#define DOCUMENT_MAX (4u << 20)

extern const char app_schemas_json[];
extern const size_t app_schemas_json_size;

static const char *const methods[PW_HTTP_METHODS] = {"get", "post", "put", "patch", "delete"};

static void write_ref(struct pw_jsonw *w, const char *schema)
{
    char ref[128];
    snprintf(ref, sizeof ref, "#/components/schemas/%s", schema);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "$ref");
    pw_jsonw_z(w, ref);
    pw_jsonw_end_object(w);
}

static void write_content(struct pw_jsonw *w, const char *type, const char *schema)
{
    pw_jsonw_key(w, "content");
    pw_jsonw_object(w);
    pw_jsonw_key(w, type);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "schema");
    write_ref(w, schema);
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
}

static void write_answer(
    struct pw_jsonw *w, int status, const char *text, const char *type, const char *schema)
{
    char key[8];
    snprintf(key, sizeof key, "%d", status);
    pw_jsonw_key(w, key);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "description");
    pw_jsonw_z(w, text);
    if (schema != NULL)
        write_content(w, type, schema);
    pw_jsonw_end_object(w);
}

/* Every error that this operation can answer with, from what the route is. */
static void write_problems(struct pw_jsonw *w, const struct route_text *route)
{
    const bool writes = route->method != PW_HTTP_GET;
    const struct {
        enum pw_err_code code;
        bool applies;
    } problems[] = {
        {PW_ERR_INVALID, true},
        {PW_ERR_UNAUTHENTICATED, true},
        {PW_ERR_FORBIDDEN, true},
        {PW_ERR_NOT_FOUND, true},
        {PW_ERR_METHOD, route->status != 405},
        {PW_ERR_NOT_ACCEPTABLE, true},
        {PW_ERR_TIMEOUT, true},
        {PW_ERR_CONFLICT, writes},
        {PW_ERR_PRECONDITION, writes},
        {PW_ERR_TOO_LARGE, true},
        {PW_ERR_URI_TOO_LONG, true},
        {PW_ERR_MEDIA_TYPE, writes},
        {PW_ERR_PRECONDITION_REQUIRED, writes},
        {PW_ERR_RATE, true},
        {PW_ERR_HEAD_TOO_LARGE, true},
        {PW_ERR_UNAVAILABLE, true},
    };
    for (size_t i = 0; i < PW_COUNT(problems); i++)
        if (problems[i].applies)
            write_answer(w, pw_err_status(problems[i].code), pw_err_title(problems[i].code, false),
                "application/problem+json", "Problem");
}

static void write_parameter(struct pw_jsonw *w, const char *name, const char *in, const char *format)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "name");
    pw_jsonw_z(w, name);
    pw_jsonw_key(w, "in");
    pw_jsonw_z(w, in);
    pw_jsonw_key(w, "required");
    pw_jsonw_bool(w, strcmp(in, "path") == 0);
    pw_jsonw_key(w, "schema");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "type");
    pw_jsonw_z(w, strcmp(format, "integer") == 0 ? "integer" : "string");
    if (format[0] != '\0' && strcmp(format, "integer") != 0) {
        pw_jsonw_key(w, "format");
        pw_jsonw_z(w, format);
    }
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
}

/* Query keys beside cursor and limit, by operation. */
static const struct {
    const char *operation;
    const char *keys; /* apart by spaces */
} query_keys[] = {
    {"listAlerts", "status level municipality theme assignee raisedAfter dueBefore snoozed"},
    {"listReferrals", "status"},
    {"listDangerNotices", "status"},
    {"getPremises", "asOf"},
    {"listAssessments", "asOf"},
};

static void write_query_keys(struct pw_jsonw *w, const char *operation)
{
    struct pw_str rest = PW_STR(""), key;
    char name[32];

    for (size_t i = 0; i < PW_COUNT(query_keys); i++)
        if (strcmp(query_keys[i].operation, operation) == 0)
            rest = pw_str_z(query_keys[i].keys);
    for (bool more = rest.len > 0; more;) {
        more = pw_str_cut(rest, ' ', &key, &rest);
        snprintf(name, sizeof name, "%.*s", PW_STR_ARG(key));
        write_parameter(w, name, "query", "");
    }
}

/* Every {name} of the pattern. Ids are UUIDs, but for premises, which a BAG id names too, and codes. */
static void write_path_parameters(struct pw_jsonw *w, const char *pattern)
{
    for (const char *at = strchr(pattern, '{'); at != NULL; at = strchr(at, '{')) {
        char name[32];
        size_t length = strcspn(++at, "}");
        bool uuid = strncmp(pattern, "/v1/premises", 12) != 0 && strncmp(at, "code", 4) != 0;
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        write_parameter(w, name, "path", uuid ? "uuid" : "");
    }
}

static void write_parameters(struct pw_jsonw *w, const struct route_text *route)
{
    pw_jsonw_key(w, "parameters");
    pw_jsonw_array(w);
    write_path_parameters(w, route->pattern);
    if (route->if_match || route->method == PW_HTTP_PUT)
        write_parameter(w, "If-Match", "header", "");
    if (route->answer != NULL && strstr(route->answer, "List") != NULL && route->method == PW_HTTP_GET) {
        bool events = strcmp(route->answer, "EventList") == 0;
        write_parameter(w, events ? "after" : "cursor", "query", "");
        write_parameter(w, "limit", "query", "integer");
    }
    write_query_keys(w, route->operation);
    pw_jsonw_end_array(w);
}

/* Who may: those and no other. */
static void write_roles(struct pw_jsonw *w, const struct pw_scope *scope)
{
    pw_jsonw_key(w, "x-roles");
    pw_jsonw_array(w);
    for (int role = 0; role < PW_ROLE_COUNT; role++)
        if (scope->any || scope->open || (scope->roles & UINT32_C(1) << role) != 0)
            pw_jsonw_z(w, pw_role_word((enum pw_role)role));
    pw_jsonw_end_array(w);
}

static void write_operation(struct pw_jsonw *w, const struct route_text *route)
{
    pw_jsonw_key(w, methods[route->method]);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "operationId");
    pw_jsonw_z(w, route->operation);
    pw_jsonw_key(w, "summary");
    pw_jsonw_z(w, route->summary);
    pw_jsonw_key(w, "x-scope");
    pw_jsonw_z(w, route->scope->name);
    write_roles(w, route->scope);
    write_parameters(w, route);
    if (strcmp(route->operation, "postFactBatch") == 0) {
        pw_jsonw_key(w, "requestBody");
        pw_jsonw_raw(w, PW_STR("{\"required\":true,\"content\":{\"application/x-ndjson\":{\"schema\":"
                               "{\"type\":\"string\"}}}}"));
    } else if (route->request != NULL) {
        pw_jsonw_key(w, "requestBody");
        pw_jsonw_object(w);
        pw_jsonw_key(w, "required");
        pw_jsonw_bool(w, strcmp(route->request, "Empty") != 0);
        write_content(w, "application/json", route->request);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_key(w, "responses");
    pw_jsonw_object(w);
    write_answer(w, route->status, "Done", "application/json", route->answer);
    if (route->status == 201) /* the same source id and content again */
        write_answer(w, 200, "As before", "application/json", route->answer);
    if (strcmp(route->operation, "putPremises") == 0)
        write_answer(w, 201, "Created", "application/json", route->answer);
    if (strcmp(route->operation, "nextAlert") == 0)
        write_answer(w, 204, "Nothing to claim", NULL, NULL);
    write_problems(w, route);
    pw_jsonw_end_object(w);
    if (route->scope->open) {
        pw_jsonw_key(w, "security");
        pw_jsonw_raw(w, PW_STR("[]"));
    }
    pw_jsonw_end_object(w);
}

/* Paths in order of first appearance, each with all its methods. */
static void write_paths(struct pw_app *app, struct pw_jsonw *w)
{
    size_t count;
    const struct route_text *routes = app_route_texts(app, &count);
    pw_jsonw_key(w, "paths");
    pw_jsonw_object(w);
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(routes[j].pattern, routes[i].pattern) == 0;
        if (seen)
            continue;
        pw_jsonw_key(w, routes[i].pattern);
        pw_jsonw_object(w);
        for (size_t j = i; j < count; j++)
            if (strcmp(routes[j].pattern, routes[i].pattern) == 0)
                write_operation(w, &routes[j]);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_object(w);
}

/* The members of schemas.json, into the open object. */
static bool write_own_schemas(struct pw_app *app, struct pw_jsonw *w, struct pw_err *err)
{
    const struct pw_json *root;
    struct pw_str text = {app_schemas_json, app_schemas_json_size};
    if (!pw_json_parse(app->arena, text, NULL, &root, NULL))
        return pw_fail(err, PW_ERR_INTERNAL, "schemas.json is malformed");
    struct pw_json_iter it = pw_json_members(root);
    while (pw_json_next(&it)) {
        pw_jsonw_key(w, it.name);
        pw_jsonw_node(w, it.value);
    }
    return true;
}

bool app_openapi_make(struct pw_app *app, struct pw_err *err)
{
    struct pw_jsonw w;
    pw_buf_init(&app->openapi, DOCUMENT_MAX);
    pw_jsonw_init(&w, &app->openapi);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "openapi");
    pw_jsonw_z(&w, "3.0.3");
    pw_jsonw_key(&w, "info");
    pw_jsonw_raw(
        &w, PW_STR("{\"title\":\"pandwacht\",\"version\":\"1.0.0\",\"description\":\"Facts about rented "
                   "premises in, explained alerts out.\",\"license\":{\"name\":\"EUPL-1.2\"}}"));
    pw_jsonw_key(&w, "security");
    pw_jsonw_raw(&w, PW_STR("[{\"bearer\":[]},{\"session\":[]},{\"certificate\":[]}]"));
    write_paths(app, &w);
    pw_jsonw_key(&w, "components");
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "securitySchemes");
    pw_jsonw_raw(&w, PW_STR("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
                            "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"__Host-session\"},"
                            "\"certificate\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"TLS client "
                            "certificate\",\"description\":\"OIN in subject.serialNumber\"}}"));
    pw_jsonw_key(&w, "schemas");
    pw_jsonw_object(&w);
    if (!write_own_schemas(app, &w, err))
        return false;
    pw_facts_write_schemas(app->model, false, &w);
    pw_findings_write_schemas(app->catalogue, false, &w);
    pw_jsonw_end_object(&w);
    pw_jsonw_end_object(&w);
    pw_jsonw_end_object(&w);
    if (app->openapi.full)
        return pw_fail(err, PW_ERR_LIMIT, "the OpenAPI document does not fit %u octets", DOCUMENT_MAX);
    return true;
}

bool pw_app_openapi(const char *rules_dir, struct pw_buf *out, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_app *app = PW_NEW(arena, struct pw_app);
    bool ok;

    app->arena = arena;
    app->config = PW_NEW(arena, struct pw_config); /* its limits are no part of the document */
    ok = pw_facts_load_dir(rules_dir, &app->model, err) &&
         pw_findings_load_dir(rules_dir, app->model, &app->catalogue, err) && app_openapi_make(app, err);
    if (ok)
        pw_buf_put_str(out, pw_buf_str(&app->openapi));
    pw_buf_release(&app->openapi);
    if (app->catalogue != NULL)
        pw_findings_unref(app->catalogue);
    if (app->model != NULL)
        pw_facts_unref(app->model);
    pw_arena_free(arena);
    return ok;
}

void app_openapi_get(struct pw_request *req, void *stage)
{
    struct pw_app *app = stage;
    pw_reply(req, 200, "application/json", pw_buf_str(&app->openapi));
}
