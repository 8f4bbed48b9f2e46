/*
 * A new version of a set in which some rules are drafts: `status: draft` is put under their ids, and the
 * last number of the version goes up. Done on the text, so that what people read stays as they wrote it.
 */
#include "trial_int.h"

#include <string.h>

#define BUNDLE_MAX (16u << 20)

static bool is_named(const struct pw_str *rules, size_t count, struct pw_str id)
{
    for (size_t i = 0; i < count; i++)
        if (pw_str_eq(rules[i], id))
            return true;
    return false;
}

/* The rule that the line begins ("  - id: pay-cash-rent"); *ret_indent is the column of its keys. */
static bool begins_rule(struct pw_str line, struct pw_str *ret_id, size_t *ret_indent)
{
    size_t i = 0;
    while (i < line.len && line.data[i] == ' ')
        i++;
    struct pw_str rest = {line.data + i, line.len - i};
    if (!pw_str_has_prefix(rest, PW_STR("- id: ")))
        return false;
    *ret_id = pw_str_trim((struct pw_str){rest.data + 6, rest.len - 6});
    *ret_indent = i + 2;
    return true;
}

/* "version: 1.0.0" with its last number one higher. */
static void put_version(struct pw_buf *out, struct pw_str line)
{
    size_t dot = line.len;
    int64_t last;
    while (dot > 0 && line.data[dot - 1] != '.')
        dot--;
    struct pw_str number = pw_str_trim((struct pw_str){line.data + dot, line.len - dot});
    if (dot == 0 || !pw_str_to_i64(number, &last))
        pw_buf_put_str(out, line);
    else
        pw_buf_printf(out, "%.*s%lld", (int)dot, line.data, (long long)last + 1);
}

static void put_line(
    struct pw_buf *out, struct pw_str line, const struct pw_str *rules, size_t count, bool head)
{
    struct pw_str id;
    size_t indent;
    if (head && pw_str_has_prefix(line, PW_STR("version:"))) {
        put_version(out, line);
        return;
    }
    pw_buf_put_str(out, line);
    if (!begins_rule(line, &id, &indent) || !is_named(rules, count, id))
        return;
    pw_buf_printf(out, "\n%*sstatus: draft", (int)indent, "");
}

static struct pw_str amend(
    struct pw_arena *arena, const struct pw_file *file, const struct pw_str *rules, size_t count)
{
    struct pw_buf out;
    struct pw_str line, rest = file->text;
    bool head = pw_str_is(file->name, "premises-risk/ruleset.yaml"), more = true;
    pw_buf_init(&out, BUNDLE_MAX);
    while (more) {
        more = pw_str_cut(rest, '\n', &line, &rest);
        put_line(&out, line, rules, count, head);
        if (more)
            pw_buf_putc(&out, '\n');
    }
    struct pw_str text = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

bool pw_trial_set_aside(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_str *rules,
    size_t count, struct pw_str *ret_bundle, struct pw_err *err)
{
    struct pw_file *files;
    size_t file_count;
    const struct pw_ruleset *draft;
    if (!pw_rules_bundle_files(arena, pw_rules_bundle(set), &files, &file_count, err))
        return false;
    for (size_t i = 0; i < file_count; i++)
        if (pw_str_has_prefix(files[i].name, PW_STR("premises-risk/")))
            files[i].text = amend(arena, &files[i], rules, count);
    if (!pw_rules_load(files, file_count, PW_DAY_NONE, &draft, NULL, err))
        return false;
    *ret_bundle = pw_str_dup(arena, pw_rules_bundle(draft));
    pw_rules_unref(draft);
    return true;
}
