/*
 * by_hand.c: conditions of shipped rules as a C programmer would write them, over interned words.
 *
 *   by_hand --ids               the rules, one id a line, in the order of the bits
 *   by_hand DOSSIERS.jsonl      one JSON line: eval_min, eval_med (microseconds of CPU time a dossier),
 * fired, checksum
 *
 * The checksum is that of `cel bench`. When a rule changes, the two no longer agree and this file has to
 * follow.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORDS(X)                                                                                             \
    X(YES, "yes")                                                                                            \
    X(NO, "no")                                                                                              \
    X(CASH, "cash")                                                                                          \
    X(BANK, "bank")                                                                                          \
    X(COUNTER_DEPOSIT, "counter-deposit")                                                                    \
    X(RENT, "rent")                                                                                          \
    X(TENANT, "tenant")                                                                                      \
    X(GUARANTOR, "guarantor")                                                                                \
    X(EMPLOYER, "employer")                                                                                  \
    X(ADMINISTRATOR, "administrator")                                                                        \
    X(RELOCATION_FIRM, "relocation-firm")                                                                    \
    X(STRONGLY_VARYING, "strongly-varying")                                                                  \
    X(STARTED, "started")                                                                                    \
    X(LANDLORD, "landlord")                                                                                  \
    X(AGENT, "agent")                                                                                        \
    X(THIRD_PARTY, "third-party")                                                                            \
    X(MATCH, "match")                                                                                        \
    X(MISMATCH, "mismatch")                                                                                  \
    X(COUNTED, "counted")                                                                                    \
    X(NUISANCE_REPORTS, "nuisance-reports")                                                                  \
    X(TENANT_REGISTERED, "tenant-registered")                                                                \
    X(RESIDENTS_COUNT, "residents-count")                                                                    \
    X(MAIL_RETURNED, "mail-returned")                                                                        \
    X(MOVES, "moves")                                                                                        \
    X(DEPARTURES_UNKNOWN, "departures-unknown")                                                              \
    X(RE_REGISTRATIONS, "re-registrations")                                                                  \
    X(CORRESPONDENCE_ADDRESSES, "correspondence-addresses")                                                  \
    X(ACTIVITY_FIT, "activity-fit")                                                                          \
    X(NOTHING_FOUND, "nothing-found")                                                                        \
    X(OTHER, "other")                                                                                        \
    X(REFUSED, "refused")                                                                                    \
    X(EMPTY, "")                                                                                             \
    X(OUTREACH, "outreach")                                                                                  \
    X(OCCUPANTS_DIFFER, "occupants-differ")                                                                  \
    X(BEDS_EXCEED_LIMIT, "beds-exceed-limit")                                                                \
    X(USE_DIFFERS, "use-differs-from-purpose")                                                               \
    X(COMPANY_ABSENT, "company-absent")

enum word {
    UNKNOWN,
#define WORD_NAME(name, text) name,
    WORDS(WORD_NAME)
};

struct payment {
    double amount, linked_total;
    long long terms_compared;
    enum word method, purpose, payer_is_tenant, payer_role, variation;
};
struct registration {
    double rent, reference_rent;
    enum word event, met_in_person, job_tied, written_lease, deposit_waived, receipt_refused, utility_holder,
        all_in;
};
struct register_check {
    long long count, distinct_sources, period_months;
    enum word check, result, woz_user, company_present, supply_in_use, exempt_use;
};
struct inspection {
    long long beds_found, beds_allowed;
    enum word category, visit_kind, permit_seen;
    bool office_hours;
};
struct dossier {
    struct payment *payments;
    struct registration *registrations;
    struct register_check *checks;
    struct inspection *inspections;
    size_t payment_count, registration_count, register_check_count, inspection_count;
};

/* ---- the rules ---- */

#define ANY(type, items, name, condition)                                                                    \
    static bool name(const struct dossier *d)                                                                \
    {                                                                                                        \
        for (const struct type *x = d->items, *end = x + d->type##_count; x < end; x++)                      \
            if (condition)                                                                                   \
                return true;                                                                                 \
        return false;                                                                                        \
    }
#define PAYMENT(name, condition)      ANY(payment, payments, name, condition)
#define REGISTRATION(name, condition) ANY(registration, registrations, name, condition)
#define CHECK(name, condition)        ANY(register_check, checks, name, condition)
#define INSPECTION(name, condition)   ANY(inspection, inspections, name, condition)

static bool stands_in(enum word role)
{
    return role == GUARANTOR || role == EMPLOYER || role == ADMINISTRATOR || role == RELOCATION_FIRM;
}

PAYMENT(pay_cash_rent, x->method == CASH && x->amount >= 100 && x->purpose == RENT)
PAYMENT(pay_cash_10k, x->method == CASH && (x->amount >= 10000 || x->linked_total >= 10000))
PAYMENT(pay_third_party,
    x->purpose == RENT && x->payer_is_tenant == NO && x->payer_role != TENANT && !stands_in(x->payer_role))
PAYMENT(pay_post_deposit, x->method == COUNTER_DEPOSIT && x->purpose == RENT)
PAYMENT(pay_account_churn, x->purpose == RENT && x->method == BANK && !stands_in(x->payer_role))
PAYMENT(pay_irregular_amounts, x->variation == STRONGLY_VARYING && x->terms_compared >= 4)
PAYMENT(pay_rent_split_many_payers, x->purpose == RENT && !stands_in(x->payer_role))
PAYMENT(mit_traceable_payment, x->method == BANK && x->purpose == RENT && x->payer_is_tenant == YES)
REGISTRATION(id_never_met, x->met_in_person == NO)
REGISTRATION(labour_lease_tied, x->job_tied == YES)
REGISTRATION(mit_long_stable_tenancy, x->event == STARTED)
REGISTRATION(pay_rent_above_market, x->reference_rent > 0 && x->rent >= 2 * x->reference_rent)
REGISTRATION(pay_waives_recovery, (x->written_lease == NO && x->deposit_waived == YES) ||
                                      (x->written_lease == NO && x->receipt_refused == YES) ||
                                      (x->deposit_waived == YES && x->receipt_refused == YES))
REGISTRATION(connection_not_tenants,
    x->event == STARTED &&
        (x->utility_holder == LANDLORD || x->utility_holder == AGENT || x->utility_holder == THIRD_PARTY) &&
        x->all_in != YES)
CHECK(hist_noise_nuisance_file, x->check == NUISANCE_REPORTS && x->result == COUNTED && x->count >= 3 &&
                                    x->distinct_sources >= 2 && x->period_months <= 12)
CHECK(mit_registered_and_matching, x->check == TENANT_REGISTERED && x->result == MATCH)
CHECK(brp_ghost_residence, x->check == RESIDENTS_COUNT && x->result == COUNTED && x->count == 0 &&
                               x->woz_user == NO && x->company_present == NO && x->supply_in_use == YES &&
                               x->exempt_use != YES)
CHECK(
    brp_tenant_not_registered, x->check == TENANT_REGISTERED && x->result == MISMATCH && x->exempt_use != YES)
CHECK(mail_undeliverable,
    x->check == MAIL_RETURNED && x->count >= 3 && x->distinct_sources >= 2 && x->period_months <= 6)
CHECK(brp_frequent_turnover, x->check == MOVES && x->result == COUNTED && x->count >= 6 &&
                                 x->period_months <= 12 && x->exempt_use != YES)
CHECK(brp_departed_unknown, x->check == DEPARTURES_UNKNOWN && x->result == COUNTED && x->count >= 2 &&
                                x->period_months <= 24 && x->exempt_use != YES)
CHECK(brp_reregistration, x->check == RE_REGISTRATIONS && x->result == COUNTED && x->count >= 1 &&
                              x->period_months <= 24 && x->exempt_use != YES)
CHECK(correspondence_address_cluster,
    x->check == CORRESPONDENCE_ADDRESSES && x->result == COUNTED && x->count >= 3 && x->exempt_use != YES)
CHECK(sbi_premises_mismatch, x->check == ACTIVITY_FIT && x->result == MISMATCH && x->exempt_use != YES)
INSPECTION(corr_official_confirmed,
    x->category != NOTHING_FOUND && x->category != OTHER && x->category != REFUSED && x->category != EMPTY)
INSPECTION(mit_official_visit_clean, x->category == NOTHING_FOUND && x->visit_kind != OUTREACH)
INSPECTION(hist_area_outreach_visit, x->category == NOTHING_FOUND && x->visit_kind == OUTREACH)
INSPECTION(brp_occupants_differ, x->category == OCCUPANTS_DIFFER && x->permit_seen != YES)
INSPECTION(beds_exceed_limit,
    x->category == BEDS_EXCEED_LIMIT && x->beds_found > x->beds_allowed && x->permit_seen != YES)
INSPECTION(use_purpose_mismatch, x->category == USE_DIFFERS && x->permit_seen != YES)
INSPECTION(company_absent_onsite, x->category == COMPANY_ABSENT && x->office_hours)

#define RULES(X)                                                                                             \
    X(pay_cash_rent)                                                                                         \
    X(pay_cash_10k)                                                                                          \
    X(pay_third_party)                                                                                       \
    X(pay_post_deposit)                                                                                      \
    X(pay_account_churn)                                                                                     \
    X(pay_irregular_amounts)                                                                                 \
    X(pay_rent_split_many_payers)                                                                            \
    X(mit_traceable_payment)                                                                                 \
    X(id_never_met)                                                                                          \
    X(labour_lease_tied)                                                                                     \
    X(mit_long_stable_tenancy)                                                                               \
    X(pay_rent_above_market)                                                                                 \
    X(pay_waives_recovery)                                                                                   \
    X(connection_not_tenants)                                                                                \
    X(hist_noise_nuisance_file)                                                                              \
    X(mit_registered_and_matching)                                                                           \
    X(brp_ghost_residence)                                                                                   \
    X(brp_tenant_not_registered)                                                                             \
    X(mail_undeliverable)                                                                                    \
    X(brp_frequent_turnover)                                                                                 \
    X(brp_departed_unknown)                                                                                  \
    X(brp_reregistration)                                                                                    \
    X(correspondence_address_cluster)                                                                        \
    X(sbi_premises_mismatch)                                                                                 \
    X(corr_official_confirmed)                                                                               \
    X(mit_official_visit_clean)                                                                              \
    X(hist_area_outreach_visit)                                                                              \
    X(brp_occupants_differ)                                                                                  \
    X(beds_exceed_limit)                                                                                     \
    X(use_purpose_mismatch)                                                                                  \
    X(company_absent_onsite)

static uint64_t all_rules(const struct dossier *d)
{
    uint64_t fired = 0, bit = 1;
#define RUN(name)                                                                                            \
    fired |= name(d) ? bit : 0;                                                                              \
    bit <<= 1;
    RULES(RUN)
    return fired;
}

/* ---- loading ---- */

static enum word word(const json_t *object, const char *key)
{
    static const char *const texts[] = {
#define WORD_TEXT(name, text) [name] = text,
        WORDS(WORD_TEXT)};
    const char *text = json_string_value(json_object_get(object, key));
    for (size_t i = 1; text != NULL && i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(texts[i], text) == 0)
            return (enum word)i;
    return UNKNOWN;
}

static long long whole(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static double money(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void *room(size_t count, size_t size)
{
    void *items = calloc(count + 1, size);
    if (items == NULL)
        abort();
    return items;
}

#define LOAD(member, list, type, key, ...)                                                                   \
    do {                                                                                                     \
        const json_t *from = json_object_get(json, key);                                                     \
        d->list = room(json_array_size(from), sizeof(*d->list));                                             \
        for (size_t i = 0; i < json_array_size(from); i++) {                                                 \
            const json_t *o = json_array_get(from, i);                                                       \
            d->list[i] = (struct type)__VA_ARGS__;                                                           \
        }                                                                                                    \
        d->member = json_array_size(from);                                                                   \
    } while (0)

static void load(struct dossier *d, const json_t *json)
{
    LOAD(payment_count, payments, payment, "payments",
        {money(o, "amountEur"), money(o, "linkedTotalEur"), whole(o, "termsCompared"), word(o, "method"),
            word(o, "purpose"), word(o, "payerIsTenant"), word(o, "payerRole"), word(o, "amountVariation")});
    LOAD(registration_count, registrations, registration, "registrations",
        {money(o, "rentEur"), money(o, "referenceRentEur"), word(o, "event"), word(o, "metInPerson"),
            word(o, "jobTied"), word(o, "writtenLease"), word(o, "depositWaived"), word(o, "receiptRefused"),
            word(o, "utilityHolder"), word(o, "allIn")});
    LOAD(register_check_count, checks, register_check, "registerChecks",
        {whole(o, "count"), whole(o, "distinctSources"), whole(o, "periodMonths"), word(o, "check"),
            word(o, "result"), word(o, "wozUser"), word(o, "companyPresent"), word(o, "supplyInUse"),
            word(o, "exemptUse")});
    LOAD(inspection_count, inspections, inspection, "inspections",
        {whole(o, "bedsFound"), whole(o, "bedsAllowed"), word(o, "category"), word(o, "visitKind"),
            word(o, "permitSeen"), json_is_true(json_object_get(o, "officeHours"))});
}

/* ---- measuring ---- */

#define REPETITIONS 9
#define DOSSIERS    4096

static struct dossier dossiers[DOSSIERS];

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(size_t count)
{
    static volatile uint64_t sink;
    double us[REPETITIONS];
    uint64_t hash = 0xCBF29CE484222325u, fired = 0;
    for (int repetition = 0; repetition < REPETITIONS; repetition++) {
        double start = cpu_us(), spent;
        unsigned rounds = 0;
        do {
            for (size_t i = 0; i < count; i++)
                sink = sink + all_rules(&dossiers[i]);
            rounds++;
            spent = cpu_us() - start;
        } while (spent < 300000);
        us[repetition] = spent / rounds / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t word = all_rules(&dossiers[i]);
        fired += (uint64_t)__builtin_popcountll(word);
        for (unsigned bit = 0; bit < 64; bit += 8)
            hash = (hash ^ (word >> bit & 0xFF)) * 0x100000001B3u;
    }
    qsort(us, REPETITIONS, sizeof(*us), by_size);
    printf("{\"peer\":\"C by "
           "hand\",\"eval_min\":%.3f,\"eval_med\":%.3f,\"fired\":%llu,\"checksum\":\"%016llx\"}\n",
        us[0], us[REPETITIONS / 2], (unsigned long long)fired, (unsigned long long)hash);
}

static void print_ids(void)
{
    static const char *const names[] = {
#define NAME(name) #name,
        RULES(NAME)};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (const char *at = names[i]; *at != '\0'; at++)
            putchar(*at == '_' ? '-' : *at);
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room_of_line = 0, count = 0;
    if (argc != 2)
        return 2;
    if (strcmp(argv[1], "--ids") == 0) {
        print_ids();
        return 0;
    }
    FILE *in = fopen(argv[1], "re");
    while (in != NULL && count < DOSSIERS && getline(&line, &room_of_line, in) > 0) {
        json_t *json = json_loads(line, 0, NULL);
        if (json == NULL)
            return 1;
        load(&dossiers[count++], json);
        json_decref(json);
    }
    if (count == 0)
        return 1;
    measure(count);
    return 0;
}
