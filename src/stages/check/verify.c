/*
 * POST /v1/tenant-checks/_verify: what can be checked of documents without asking anybody. It computes and
 * forgets: nothing of the request is kept, counted or logged, and the answer repeats none of it. What it
 * finds comes back as items for the check itself.
 */
#include "check_int.h"

#define PAYSLIPS_MAX 12
#define MRZ_LINES    3

struct verifying {
    struct pw_str mrz[MRZ_LINES], iban, kvk, rsin, stage;
    size_t mrz_count, payslips;
    int64_t net[PAYSLIPS_MAX], credited[PAYSLIPS_MAX];
    pw_day extract_on;
};

/* ---- reading ---- */

static void read_mrz(
    struct check_call *call, const struct pw_json *body, struct verifying *v, struct pw_faults *faults)
{
    const struct pw_at at = {.name = "mrz"};
    const struct pw_json *list = pw_json_get(body, "mrz");
    struct pw_mrz mrz;
    if (list == NULL)
        return;
    if (!pw_json_is_array(list)) {
        pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    if (pw_json_count(list) < 2 || pw_json_count(list) > MRZ_LINES) {
        pw_fault(faults, &at, PW_FAULT_LENGTH, "Twee of drie regels", "Two or three lines");
        return;
    }
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_at here = {.up = &at, .index = i};
        const struct pw_json *line = pw_json_item(list, i);
        if (!pw_json_is_string(line))
            pw_fault(faults, &here, PW_FAULT_TYPE, NULL, NULL);
        else
            v->mrz[v->mrz_count++] = pw_json_str(line);
    }
    (void)pw_findings_mrz(v->mrz, v->mrz_count, pw_day_in_netherlands(call->now), &mrz);
    if (mrz.personal_number)
        pw_fault(faults, &at, PW_FAULT_NOT_ALLOWED,
            "Hier staat een burgerservicenummer in; dek het af en zet er < voor in de plaats (UAVG artikel "
            "46)",
            "This has a citizen service number in it; cover it and put < in its place (Dutch GDPR act "
            "article 46)");
}

static bool read_amount(const struct pw_json *payslip, const struct pw_at *at, const char *name, int64_t *ret,
    struct pw_faults *faults)
{
    const struct pw_json *amount = pw_json_get(payslip, name);
    if (amount == NULL)
        return pw_fault_member(faults, at, name, PW_FAULT_REQUIRED, NULL, NULL);
    if (!pw_json_is_number(amount))
        return pw_fault_member(faults, at, name, PW_FAULT_TYPE, NULL, NULL);
    if (pw_json_number(amount) < 0 || pw_json_number(amount) > 99999999.99)
        return pw_fault_member(faults, at, name, PW_FAULT_RANGE, NULL, NULL);
    return pw_json_to_scaled(amount, 100, ret) ||
           pw_fault_member(faults, at, name, PW_FAULT_PRECISION, NULL, NULL);
}

static void read_payslips(const struct pw_json *body, struct verifying *v, struct pw_faults *faults)
{
    static const char *const members[] = {"netEur", "creditedEur", NULL};
    const struct pw_at at = {.name = "payslips"};
    const struct pw_json *list = pw_json_get(body, "payslips");
    if (list == NULL)
        return;
    if (!pw_json_is_array(list) || pw_json_count(list) == 0 || pw_json_count(list) > PAYSLIPS_MAX) {
        pw_fault(faults, &at, pw_json_is_array(list) ? PW_FAULT_LENGTH : PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_at here = {.up = &at, .index = i};
        const struct pw_json *payslip = pw_json_item(list, i);
        if (!pw_json_is_object(payslip)) {
            pw_fault(faults, &here, PW_FAULT_TYPE, NULL, NULL);
            continue;
        }
        pw_json_known(payslip, &here, members, faults);
        (void)!read_amount(payslip, &here, "netEur", &v->net[v->payslips], faults);
        (void)!read_amount(payslip, &here, "creditedEur", &v->credited[v->payslips], faults);
        v->payslips++;
    }
}

/* All of it belongs to the chosen applicant: before that there is nothing to verify. */
static void read_stage(
    struct check_call *call, const struct pw_json *body, struct verifying *v, struct pw_faults *faults)
{
    struct pw_text why = pw_findings_too_early(call->checks->options.catalogue, PW_STAGE_SELECTED);
    bool given = false;
    check_word(body, "stage", true, pw_check_stage_words, &v->stage, faults);
    if (pw_str_is(v->stage, "before-viewing") || pw_str_is(v->stage, "after-viewing"))
        pw_fault_member(faults, NULL, "stage", PW_FAULT_NOT_ALLOWED_AT_STAGE, why.nl.data, why.en.data);
    check_bool(body, "noticeGiven", true, &given, faults);
    if (pw_json_is_bool(pw_json_get(body, "noticeGiven")) && !given)
        pw_fault_member(faults, NULL, "noticeGiven", PW_FAULT_NOT_ALLOWED,
            "Vertel de kandidaat eerst dat en waarom u dit controleert",
            "First tell the applicant that and why you check this");
}

static bool read_body(struct check_call *call)
{
    static const char *const members[] = {
        "stage", "noticeGiven", "mrz", "iban", "kvk", "rsin", "kvkExtractOn", "payslips", NULL};
    struct verifying *v = call->own;
    const struct pw_json *body;
    struct pw_faults faults;
    if (!pw_body_object(call->req, &faults, &body))
        return false;
    check_known(call->checks, body, members, &faults);
    read_stage(call, body, v, &faults);
    read_mrz(call, body, v, &faults);
    (void)!pw_json_member_str(body, NULL, "iban", false, 1, 64, &v->iban, &faults);
    (void)!pw_json_member_str(body, NULL, "kvk", false, 1, 64, &v->kvk, &faults);
    (void)!pw_json_member_str(body, NULL, "rsin", false, 1, 64, &v->rsin, &faults);
    check_day(body, "kvkExtractOn", false, pw_day_in_netherlands(call->now), &v->extract_on, &faults);
    read_payslips(body, v, &faults);
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

/* ---- answering ---- */

static void write_result(struct pw_jsonw *w, const char *what, bool fits)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "what");
    pw_jsonw_z(w, what);
    pw_jsonw_key(w, "result");
    pw_jsonw_z(w, fits ? "ok" : "inconsistent");
}

static void write_mrz(struct pw_jsonw *w, const struct pw_mrz *mrz)
{
    static const struct {
        unsigned bit;
        const char *word;
    } parts[] = {{PW_MRZ_NUMBER, "document-number"}, {PW_MRZ_BIRTH, "birth-date"},
        {PW_MRZ_EXPIRY, "expiry-date"}, {PW_MRZ_OPTIONAL, "optional-data"}, {PW_MRZ_COMPOSITE, "composite"}};
    write_result(w, "mrz", mrz->form != PW_MRZ_UNKNOWN && mrz->wrong == 0 && !mrz->expired);
    pw_jsonw_key(w, "expired");
    pw_jsonw_bool(w, mrz->expired);
    pw_jsonw_key(w, "wrong");
    pw_jsonw_array(w);
    if (mrz->form == PW_MRZ_UNKNOWN)
        pw_jsonw_z(w, "form");
    for (size_t i = 0; i < PW_COUNT(parts); i++)
        if ((mrz->wrong & parts[i].bit) != 0)
            pw_jsonw_z(w, parts[i].word);
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
}

/* What the check itself may be told, in its own words. */
static void write_items(
    struct pw_jsonw *w, const struct verifying *v, const struct pw_mrz *mrz, bool payslips_fit)
{
    pw_jsonw_key(w, "items");
    pw_jsonw_object(w);
    if (v->mrz_count > 0 && (mrz->form == PW_MRZ_UNKNOWN || mrz->wrong != 0)) {
        pw_jsonw_key(w, "idAuthentic");
        pw_jsonw_z(w, "no");
    }
    if (v->payslips > 0) {
        pw_jsonw_key(w, "payslipBankConsistent");
        pw_jsonw_z(w, payslips_fit ? "yes" : "no");
    }
    if (v->extract_on != PW_DAY_NONE) {
        pw_jsonw_key(w, "kvkExtractOn");
        pw_jsonw_day(w, v->extract_on);
    }
    pw_jsonw_end_object(w);
}

static void write_numbers(struct pw_jsonw *w, const struct verifying *v, pw_day today)
{
    const struct {
        const char *what;
        struct pw_str text;
        bool (*fits)(struct pw_str text);
    } numbers[] = {{"iban", v->iban, pw_findings_iban}, {"kvk", v->kvk, pw_findings_kvk},
        {"rsin", v->rsin, pw_findings_rsin}};
    for (size_t i = 0; i < PW_COUNT(numbers); i++)
        if (numbers[i].text.len > 0) {
            write_result(w, numbers[i].what, numbers[i].fits(numbers[i].text));
            pw_jsonw_end_object(w);
        }
    if (v->extract_on != PW_DAY_NONE) {
        write_result(w, "kvk-extract", today - v->extract_on <= PW_EXTRACT_DAYS);
        pw_jsonw_key(w, "ageDays");
        pw_jsonw_i64(w, today - v->extract_on);
        pw_jsonw_end_object(w);
    }
}

static void answer(struct check_call *call)
{
    const struct verifying *v = call->own;
    pw_day today = pw_day_in_netherlands(call->now);
    struct pw_mrz mrz = {0};
    size_t differing = 0;
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "results");
    pw_jsonw_array(&w);
    if (v->mrz_count > 0) {
        (void)pw_findings_mrz(v->mrz, v->mrz_count, today, &mrz);
        write_mrz(&w, &mrz);
    }
    write_numbers(&w, v, today);
    bool payslips_fit = pw_findings_payslips(v->net, v->credited, v->payslips, &differing);
    if (v->payslips > 0) {
        write_result(&w, "payslips", payslips_fit);
        pw_jsonw_key(&w, "monthsCompared");
        pw_jsonw_i64(&w, (int64_t)v->payslips);
        pw_jsonw_key(&w, "monthsDiffering");
        pw_jsonw_i64(&w, (int64_t)differing);
        pw_jsonw_end_object(&w);
    }
    pw_jsonw_end_array(&w);
    write_items(&w, v, &mrz, payslips_fit);
    pw_jsonw_key(&w, "notice");
    pw_jsonw_str(&w, pw_findings_notice(call->checks->options.catalogue, call->req->lang == PW_LANG_NL));
    pw_jsonw_end_object(&w);
    pw_reply_json(call->req, 200, &out);
    pw_buf_release(&out);
}

void pw_check_verify(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct verifying *v = PW_NEW(req->arena, struct verifying);
    call->own = v;
    if (check_landlord(req) != NULL && read_body(call))
        answer(call);
}
