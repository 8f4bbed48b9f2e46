/* Answers of intake: what is told of a fact that is in, and why one is not. */
#include <pandwacht/base/counters.h>
#include <pandwacht/base/log.h>

#include "intake_int.h"

void intake_faults_problem(
    struct pw_arena *arena, const struct pw_faults *faults, enum pw_lang lang, struct pw_problem *ret)
{
    struct pw_invalid_param *params = PW_NEW_ARRAY(arena, faults->count + 1, struct pw_invalid_param);
    size_t all = faults->count + faults->more;
    bool dutch = lang == PW_LANG_NL;

    for (size_t i = 0; i < faults->count; i++) {
        const struct pw_fault *fault = &faults->items[i];
        params[i] = (struct pw_invalid_param){.name = fault->name,
            .code = pw_str_z(pw_fault_word(fault->code)),
            .reason = pw_str_z(dutch ? fault->reason_nl : fault->reason_en)};
    }
    *ret = (struct pw_problem){.code = PW_ERR_INVALID, .invalid = params, .invalid_count = faults->count};
    if (dutch) {
        ret->detail = pw_str_printf(arena, "%zu %s", all, all == 1 ? "fout" : "fouten");
    } else {
        ret->detail = pw_str_printf(arena, "%zu %s", all, all == 1 ? "error" : "errors");
    }
}

void intake_reply_faults(struct pw_request *req, const struct pw_faults *faults)
{
    struct pw_problem problem;

    pw_count(PW_M_INTAKE_INVALID, 1);
    intake_faults_problem(req->arena, faults, req->lang, &problem);
    pw_reply_problem(req, &problem);
}

void intake_reply_busy(struct pw_request *req, const struct pw_intake *intake)
{
    struct pw_problem problem = {.code = PW_ERR_UNAVAILABLE, .retry_after_s = intake->options.retry_after_s};

    pw_count(PW_M_INTAKE_TURNED_AWAY, 1);
    pw_reply_problem(req, &problem);
}

static struct pw_str text(enum pw_lang lang, const char *nl, const char *en)
{
    return pw_str_z(lang == PW_LANG_NL ? nl : en);
}

static void conflict(const struct pw_ledger_item *item, enum pw_lang lang, struct pw_problem *ret)
{
    ret->code = PW_ERR_CONFLICT;
    if (item->op == PW_LEDGER_FACT) {
        ret->detail = text(lang, "Dit sourceId is al gebruikt voor iets anders.",
            "This sourceId was used for something else before.");
    } else {
        ret->detail =
            text(lang, "Het feit geldt al niet meer, of dit sourceId is al gebruikt voor iets anders.",
                "The fact has ended already, or this sourceId was used for something else before.");
    }
}

/* Only a premisesId or a fact to be ended can be unknown. */
static void not_found(
    struct pw_arena *arena, const struct pw_ledger_item *item, enum pw_lang lang, struct pw_problem *ret)
{
    if (item->draft == NULL || item->draft->premises.by != PW_PREMISES_BY_ID) {
        ret->code = PW_ERR_NOT_FOUND;
        return;
    }
    bool correction = item->op == PW_LEDGER_CORRECTION;
    struct pw_invalid_param *param = PW_NEW(arena, struct pw_invalid_param);
    *param = (struct pw_invalid_param){
        .name = correction ? PW_STR("/fact/premises/premisesId") : PW_STR("/premises/premisesId"),
        .code = PW_STR("reference"),
        .reason = text(lang, "Dit pand is niet bekend.", "These premises are not known.")};
    ret->code = PW_ERR_INVALID;
    ret->invalid = param;
    ret->invalid_count = 1;
}

bool intake_item_problem(const struct pw_intake *intake, struct pw_arena *arena,
    const struct pw_ledger_item *item, enum pw_lang lang, struct pw_problem *ret)
{
    *ret = (struct pw_problem){.code = PW_ERR_INTERNAL};
    switch (item->result) {
    case PW_LEDGER_CREATED:
    case PW_LEDGER_DUPLICATE:
        return true;
    case PW_LEDGER_CONFLICT:
        conflict(item, lang, ret);
        break;
    case PW_LEDGER_NOT_FOUND:
        not_found(arena, item, lang, ret);
        break;
    case PW_LEDGER_REFUSED:
    case PW_LEDGER_PENDING:
        break;
    case PW_LEDGER_FAILED:
        ret->code = PW_ERR_UNAVAILABLE;
        ret->retry_after_s = intake->options.retry_after_s;
        break;
    }
    return false;
}

const char *intake_guidance(bool danger, enum pw_lang lang)
{
    if (!danger) {
        return NULL;
    }
    return lang == PW_LANG_NL ? "Bel 112" : "Call 112";
}

void intake_write_answer(const struct pw_ledger_item *item, struct pw_str source_id, struct pw_str kind,
    enum pw_lang lang, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &item->id);
    pw_jsonw_key(w, "sourceId");
    pw_jsonw_str(w, source_id);
    pw_jsonw_key(w, "kind");
    pw_jsonw_str(w, kind);
    pw_jsonw_key(w, "premisesId");
    pw_jsonw_uuid(w, &item->premises);
    pw_jsonw_key(w, "tenancyId");
    pw_jsonw_uuid(w, &item->tenancy);
    pw_jsonw_key(w, "receivedAt");
    pw_jsonw_instant(w, item->first_received_at);
    pw_jsonw_key(w, "result");
    pw_jsonw_z(w, item->result == PW_LEDGER_DUPLICATE ? "duplicate" : "created");
    pw_jsonw_key(w, "guidance");
    pw_jsonw_z(w, intake_guidance(item->danger, lang));
    if (item->op == PW_LEDGER_CORRECTION) {
        pw_jsonw_key(w, "replacedBy");
        pw_jsonw_uuid(w, &item->replaced_by);
    }
}

void intake_count(const struct pw_ledger_item *item)
{
    switch (item->result) {
    case PW_LEDGER_CREATED:
        pw_count(PW_M_INTAKE_CREATED, 1);
        break;
    case PW_LEDGER_DUPLICATE:
        pw_count(PW_M_INTAKE_DUPLICATE, 1);
        break;
    case PW_LEDGER_CONFLICT:
    case PW_LEDGER_NOT_FOUND:
        pw_count(PW_M_INTAKE_CONFLICT, 1);
        break;
    case PW_LEDGER_REFUSED:
        pw_log(PW_EV_FACT_REFUSED, PW_LOG_ERR(&item->err));
        pw_count(PW_M_INTAKE_FAILED, 1);
        break;
    case PW_LEDGER_PENDING:
    case PW_LEDGER_FAILED:
        pw_count(PW_M_INTAKE_FAILED, 1);
        break;
    }
}
