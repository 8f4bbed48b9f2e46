/* Lists of this stage: pages in order of time and id. */
#include "check_int.h"

static void read_cursor(struct check_list *list, struct pw_faults *faults)
{
    struct pw_str at, id, text = pw_query_cursor(list->req, faults);
    list->after_at = PW_TIME_NONE;
    if (text.len > 0 && (!pw_str_cut(text, ' ', &at, &id) || !pw_str_to_i64(at, &list->after_at) ||
                            !pw_uuid_parse(id, &list->after_id)))
        pw_fault_pointer(
            faults, PW_STR("cursor"), PW_FAULT_PATTERN, "Uit een eerder antwoord", "From an earlier answer");
}

struct check_list *check_list_new(struct pw_request *req, struct pw_tenant_checks *checks, const char *order,
    void (*write)(struct pw_jsonw *w, const struct pw_rows *rows, size_t row))
{
    static const char *const keys[] = {"limit", "cursor", NULL};
    struct check_list *list = PW_NEW(req->arena, struct check_list);
    struct pw_faults faults;
    *list = (struct check_list){.checks = checks, .req = req, .order = order, .write = write};
    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    list->most = pw_query_limit(req, &faults);
    read_cursor(list, &faults);
    if (faults.count == 0)
        return list;
    pw_reply_faults(req, &faults);
    return NULL;
}

/* Where the next page begins; "" on the last one. */
static struct pw_str next_cursor(const struct check_list *list, const struct pw_rows *rows)
{
    char text[PW_UUID_TEXT];
    if (pw_rows_count(rows) <= list->most)
        return PW_STR("");
    struct pw_uuid id = pw_cell_uuid(rows, list->most - 1, pw_rows_column(rows, "id"));
    pw_usec at = pw_cell_time(rows, list->most - 1, pw_rows_column(rows, list->order));
    return pw_list_cursor(list->req->arena,
        pw_str_printf(list->req->arena, "%lld %s", (long long)at, pw_uuid_format(&id, text)));
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_list *list = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(list->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, list->statement);
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < pw_rows_count(rows) && i < list->most; i++)
        list->write(&w, rows, i);
    pw_jsonw_end_array(&w);
    pw_list_links(list->req, next_cursor(list, rows), &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(list->req, 200, &out);
    pw_buf_release(&out);
}

void check_list_send(struct check_list *list, struct pw_tx *tx)
{
    pw_tx_commit(tx, on_listed, list);
}
