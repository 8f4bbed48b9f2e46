/* Purposes: who opens what is closed to a look around names a case and a legal ground, each of a configured
 * list. */
#include "access_int.h"

/* "RIEC-*" fits what begins so and goes on; without a star the whole. */
static bool fits(struct pw_str text, const char *pattern)
{
    struct pw_str p = pw_str_z(pattern);

    if (!pw_str_has_suffix(p, PW_STR("*")))
        return pw_str_eq(text, p);
    p.len--;
    return text.len > p.len && pw_str_has_prefix(text, p);
}

static bool fits_any(struct pw_str text, const char *const *patterns)
{
    for (; text.len > 0 && patterns != NULL && *patterns != NULL; patterns++)
        if (fits(text, *patterns))
            return true;
    return false;
}

bool pw_purpose_given(const struct pw_purposes *purposes, struct pw_str case_, struct pw_str ground)
{
    return fits_any(case_, purposes->cases) && fits_any(ground, purposes->grounds);
}

static void put_list(struct pw_buf *out, const char *const *words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        pw_buf_printf(out, "%s%s", i == 0 ? "" : ", ", words[i]);
}

void pw_purpose_refuse(struct pw_request *req, const struct pw_purposes *purposes, bool in_body)
{
    bool dutch = req->lang == PW_LANG_NL;
    struct pw_buf text;

    pw_buf_init(&text, 4096);
    if (in_body)
        pw_buf_puts(&text, dutch ? "Noem in de body een zaak en een grondslag, {\"case\", \"ground\"}. "
                                 : "Name a case and a legal ground in the body, {\"case\", \"ground\"}. ");
    else
        pw_buf_puts(&text,
            dutch ? "Noem een zaak en een grondslag, in de kopregels Purpose-Case en Purpose-Ground. "
                  : "Name a case and a legal ground, in the headers Purpose-Case and Purpose-Ground. ");
    pw_buf_puts(&text, dutch ? "Zaken: " : "Cases: ");
    put_list(&text, purposes->cases);
    pw_buf_puts(&text, dutch ? ". Grondslagen: " : ". Grounds: ");
    put_list(&text, purposes->grounds);
    pw_buf_putc(&text, '.');
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_FORBIDDEN, .detail = pw_buf_str(&text)});
    pw_buf_release(&text);
}
