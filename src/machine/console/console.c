/*
 * The console's files in memory, and the two handlers that hand them out in the coding the browser
 * asked for. Called by the http server; read-only after loading.
 */
#include <pandwacht/console.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <pandwacht/base.h>
#include <pandwacht/http.h>
#include <pandwacht/yaml.h>

#define FILES_MAX 512
#define FILE_MAX  (8u << 20) /* octets of one file */
#define TOTAL_MAX (32u << 20)
#define ETAG_TEXT 40

/* The policy of the page: everything from here, nothing inline, in nobody's frame. */
static const char policy[] =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'";

enum coding { CODING_BR, CODING_GZIP, CODING_NONE, CODINGS };

static const struct {
    const char *suffix; /* of the file */
    const char *word;   /* of Accept-Encoding */
} codings[] = {{".br", "br"}, {".gz", "gzip"}, {"", "identity"}};

struct file {
    const char *type;
    struct pw_str body[CODINGS]; /* data NULL: not in that coding */
};

struct pw_console {
    struct pw_arena *arena;
    struct pw_map assets; /* name -> struct file */
    struct file *page;    /* NULL: not built */
    char etag[ETAG_TEXT]; /* of the page */
    size_t total;         /* octets read */
};

/* ---- loading ---- */

static const char *type_of(struct pw_str name)
{
    static const struct {
        const char *suffix, *type;
    } types[] = {{".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"}, {".svg", "image/svg+xml"}, {".png", "image/png"},
        {".json", "application/json"}, {".webmanifest", "application/manifest+json"}};

    for (size_t i = 0; i < PW_COUNT(types); i++)
        if (pw_str_has_suffix(name, pw_str_z(types[i].suffix)))
            return types[i].type;
    return "application/octet-stream";
}

static bool read_coded(
    struct pw_console *console, const char *path, enum coding coding, struct file *file, struct pw_err *err)
{
    struct pw_str name = pw_str_printf(console->arena, "%s%s", path, codings[coding].suffix);

    if (!pw_yaml_slurp(console->arena, name.data, FILE_MAX, &file->body[coding], err))
        return false;
    console->total += file->body[coding].len;
    return console->total <= TOTAL_MAX ||
           pw_fail_at(err, PW_ERR_LIMIT, name.data, 0, 0, "the console is larger than %u octets", TOTAL_MAX);
}

static bool exists(const char *path, const char *suffix)
{
    char name[4096];
    FILE *file;

    snprintf(name, sizeof name, "%s%s", path, suffix);
    file = fopen(name, "re");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static bool read_file(struct pw_console *console, const char *path, struct file **ret, struct pw_err *err)
{
    struct file *file = PW_NEW(console->arena, struct file);

    file->type = type_of(pw_str_z(path));
    for (int coding = 0; coding < CODINGS; coding++)
        if ((coding == CODING_NONE || exists(path, codings[coding].suffix)) &&
            !read_coded(console, path, (enum coding)coding, file, err))
            return false;
    *ret = file;
    return true;
}

static bool is_coded_form(struct pw_str name)
{
    return pw_str_has_suffix(name, PW_STR(".br")) || pw_str_has_suffix(name, PW_STR(".gz"));
}

static bool read_asset(struct pw_console *console, const char *dir, const char *name, struct pw_err *err)
{
    struct pw_str path = pw_str_printf(console->arena, "%s/assets/%s", dir, name);
    struct file *file;

    if (name[0] == '.' || is_coded_form(pw_str_z(name)))
        return true;
    if (console->assets.count == FILES_MAX)
        return pw_fail_at(
            err, PW_ERR_LIMIT, path.data, 0, 0, "the console has more than %d files", FILES_MAX);
    if (!read_file(console, path.data, &file, err))
        return false;
    pw_map_put(&console->assets, pw_str_dup(console->arena, pw_str_z(name)), file);
    return true;
}

static bool read_assets(struct pw_console *console, const char *dir, struct pw_err *err)
{
    struct pw_str path = pw_str_printf(console->arena, "%s/assets", dir);
    DIR *listing = opendir(path.data);
    struct dirent *entry;
    bool ok = true;

    if (listing == NULL)
        return pw_fail_at(err, PW_ERR_IO, path.data, 0, 0, "%s", strerror(errno));
    while (ok && (entry = readdir(listing)) != NULL)
        ok = read_asset(console, dir, entry->d_name, err);
    closedir(listing);
    return ok;
}

static void name_page(struct pw_console *console)
{
    struct pw_str body = console->page->body[CODING_NONE];
    uint8_t hash[PW_SHA256_SIZE];
    char hex[PW_SHA256_TEXT];

    pw_sha256_of(body.data, body.len, hash);
    snprintf(console->etag, sizeof console->etag, "\"%.32s\"", pw_hex(hash, sizeof hash, hex));
}

static bool read_all(struct pw_console *console, const char *dir, struct pw_err *err)
{
    struct pw_str page = pw_str_printf(console->arena, "%s/index.html", dir == NULL ? "" : dir);

    if (dir == NULL || dir[0] == '\0' || !exists(page.data, ""))
        return true;
    if (!read_file(console, page.data, &console->page, err))
        return false;
    name_page(console);
    return read_assets(console, dir, err);
}

bool pw_console_load(const char *dir, struct pw_console **ret, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_console *console = PW_NEW(arena, struct pw_console);

    console->arena = arena;
    pw_map_init(&console->assets, arena);
    if (!read_all(console, dir, err)) {
        pw_arena_free(arena);
        return false;
    }
    *ret = console;
    return true;
}

void pw_console_free(struct pw_console *console)
{
    if (console != NULL)
        pw_arena_free(console->arena);
}

/* ---- serving ---- */

/* Whether Accept-Encoding has the word, and not with q=0. */
static bool takes(struct pw_str accepted, const char *word)
{
    struct pw_str item, name, weight;
    bool more = accepted.len > 0;

    while (more) {
        more = pw_str_cut(accepted, ',', &item, &accepted);
        if (!pw_str_cut(item, ';', &name, &weight))
            weight = PW_STR("");
        weight = pw_str_trim(weight);
        if (pw_str_is(pw_str_trim(name), word))
            return !pw_str_is(weight, "q=0") && !pw_str_has_prefix(weight, PW_STR("q=0.000"));
    }
    return false;
}

static enum coding choose(const struct pw_request *req, const struct file *file)
{
    struct pw_str accepted = pw_request_header(req, "accept-encoding");

    for (int coding = 0; coding < CODING_NONE; coding++)
        if (file->body[coding].data != NULL && takes(accepted, codings[coding].word))
            return (enum coding)coding;
    return CODING_NONE;
}

static void reply_file(struct pw_request *req, const struct file *file)
{
    enum coding coding = choose(req, file);

    pw_reply_header(req, "Vary", PW_STR("Accept-Encoding"));
    if (coding != CODING_NONE)
        pw_reply_header(req, "Content-Encoding", pw_str_z(codings[coding].word));
    pw_reply(req, 200, file->type, file->body[coding]);
}

/* What stands in the place of a console that is not built. */
static const char absent[] =
    "<!doctype html>\n<html lang=\"nl\"><meta charset=\"utf-8\"><title>pandwacht</title>\n"
    "<h1>pandwacht</h1>\n<p>De werkplek (console) is niet gebouwd; de API werkt. Bouw haar met "
    "<code>make console</code> (daarvoor is Node nodig) en start opnieuw.</p>\n"
    "<p lang=\"en\">The console is not built; the API works. Build it with <code>make console</code> (this "
    "needs "
    "Node) and restart.</p>\n<p><a href=\"/v1/openapi.json\">/v1/openapi.json</a></p>\n</html>\n";

void pw_console_page(struct pw_request *req, void *stage)
{
    const struct pw_console *console = stage;

    pw_reply_header(req, "Content-Security-Policy", pw_str_z(policy));
    pw_reply_header(req, "Cache-Control", PW_STR("no-cache"));
    if (console->page == NULL) {
        pw_reply(req, 200, "text/html; charset=utf-8", pw_str_z(absent));
        return;
    }
    pw_reply_header(req, "ETag", pw_str_z(console->etag));
    if (pw_str_is(pw_request_header(req, "if-none-match"), console->etag))
        pw_reply_empty(req, 304);
    else
        reply_file(req, console->page);
}

void pw_console_asset(struct pw_request *req, void *stage)
{
    const struct pw_console *console = stage;
    const struct file *file = pw_map_get(&console->assets, pw_request_param(req, "name"));

    if (file == NULL) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    pw_reply_header(req, "Content-Security-Policy", pw_str_z(policy));
    pw_reply_header(req, "Cache-Control", PW_STR("public, max-age=31536000, immutable"));
    reply_file(req, file);
}
