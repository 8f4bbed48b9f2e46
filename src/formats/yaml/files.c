/* Reading files and folders of YAML, within bounds. */
#include "yaml_int.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DIR_LEVELS 3
#define FILES_MAX  1000

static bool slurp_open(
    struct pw_arena *arena, FILE *file, const char *path, size_t max, struct pw_str *ret, struct pw_err *err)
{
    struct pw_buf buf;
    pw_buf_init(&buf, max + 1);
    char block[8192];
    size_t n;
    while (!buf.full && buf.len <= max && (n = fread(block, 1, sizeof block, file)) > 0)
        pw_buf_put(&buf, block, n);
    bool read = !ferror(file);
    bool fits = !buf.full && buf.len <= max;
    if (read && fits)
        *ret = pw_str_dup(arena, pw_buf_str(&buf));
    pw_buf_release(&buf);
    if (!read)
        return pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
    return fits || pw_fail_at(err, PW_ERR_LIMIT, path, 0, 0, "larger than %zu octets", max);
}

bool pw_yaml_slurp(
    struct pw_arena *arena, const char *path, size_t max, struct pw_str *ret, struct pw_err *err)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    bool good = slurp_open(arena, file, path, max, ret, err);
    fclose(file);
    return good;
}

bool pw_yaml_load(struct pw_arena *arena, const char *path, const struct pw_yaml_limits *limits,
    const struct pw_yaml **ret, struct pw_err *err)
{
    size_t max = limits && limits->max_size ? limits->max_size : PW_YAML_SIZE_DEFAULT;
    struct pw_str text;
    return pw_yaml_slurp(arena, path, max, &text, err) && pw_yaml_parse(arena, text, path, limits, ret, err);
}

struct gather {
    struct pw_arena *arena;
    size_t root_len; /* of the path of the directory, with its slash */
    struct pw_file *files;
    size_t count;
    struct pw_err *err;
};

static bool gather_dir(struct gather *g, const char *dir, unsigned level);

static bool gather_file(struct gather *g, const char *path)
{
    if (g->count == FILES_MAX)
        return pw_fail_at(g->err, PW_ERR_LIMIT, path, 0, 0, "more than %d files", FILES_MAX);
    struct pw_file *file = &g->files[g->count];
    file->name = pw_str_dup(g->arena, pw_str_z(path + g->root_len));
    if (!pw_yaml_slurp(g->arena, path, PW_YAML_SIZE_DEFAULT, &file->text, g->err))
        return false;
    g->count++;
    return true;
}

static bool gather_entry(struct gather *g, const char *dir, const char *name, unsigned level)
{
    const char *path = pw_str_printf(g->arena, "%s/%s", dir, name).data;
    struct stat st;
    if (stat(path, &st) != 0)
        return pw_fail_at(g->err, PW_ERR_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        return gather_dir(g, path, level + 1);
    bool wanted = S_ISREG(st.st_mode) && pw_str_has_suffix(pw_str_z(name), PW_STR(".yaml"));
    return !wanted || gather_file(g, path);
}

static bool gather_dir(struct gather *g, const char *dir, unsigned level)
{
    if (level >= DIR_LEVELS)
        return pw_fail_at(g->err, PW_ERR_LIMIT, dir, 0, 0, "more than %d levels of folders", DIR_LEVELS);
    DIR *d = opendir(dir);
    if (!d)
        return pw_fail_at(g->err, PW_ERR_IO, dir, 0, 0, "cannot be opened: %s", strerror(errno));
    bool good = true;
    for (struct dirent *entry = readdir(d); good && entry; entry = readdir(d))
        if (entry->d_name[0] != '.')
            good = gather_entry(g, dir, entry->d_name, level);
    closedir(d);
    return good;
}

static int by_name(const void *a, const void *b)
{
    return pw_str_cmp(((const struct pw_file *)a)->name, ((const struct pw_file *)b)->name);
}

bool pw_yaml_read_dir(
    struct pw_arena *arena, const char *dir, struct pw_file **ret, size_t *ret_count, struct pw_err *err)
{
    struct gather g = {.arena = arena, .root_len = strlen(dir) + 1, .err = err};
    g.files = PW_NEW_ARRAY(arena, FILES_MAX, struct pw_file);
    if (!gather_dir(&g, dir, 0))
        return false;
    qsort(g.files, g.count, sizeof *g.files, by_name);
    *ret = g.files;
    *ret_count = g.count;
    return true;
}
