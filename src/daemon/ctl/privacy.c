/* Commands on what persons are owed: retention and its holds, and the requests of data subjects. */
#include "ctl_int.h"

#include <stdio.h>

#include <pandwacht/crypto.h>
#include <pandwacht/facts.h>
#include <pandwacht/privacy.h>

#define PRINT_MAX (16u << 20)

/* The stage as the command line uses it: on the bench, its keys and model beside it. */
struct office {
    struct bench bench;
    struct pw_keys *keys;
    const struct pw_fact_model *model;
    struct pw_privacy *privacy;
};

static void close_office(void *arg)
{
    struct office *office = arg;

    pw_privacy_free(office->privacy);
    pw_facts_unref(office->model);
    pw_crypto_keys_free(office->keys);
}

static bool open_office(struct ctl *ctl, struct office *office, struct pw_err *err)
{
    *office = (struct office){0};
    if (!open_bench(ctl, &office->bench, err) ||
        !pw_crypto_keys_load(office->bench.config->keys_dir, &office->keys, err) ||
        !pw_facts_load_dir(office->bench.config->rules_dir, &office->model, err)) {
        close_office(office);
        return false;
    }
    office->privacy = pw_privacy_new(&(struct pw_privacy_options){
        .loop = office->bench.loop,
        .db = office->bench.db,
        .keys = office->keys,
        .model = office->model,
        .tombstones_file = office->bench.config->retention_tombstones_file,
    });
    return true;
}

/* ---- retention ---- */

struct outcome {
    bool done, ok;
    struct pw_privacy_round round;
    struct pw_err err;
};

static void on_done(void *arg, bool ok, const struct pw_privacy_round *round, const struct pw_err *err)
{
    struct outcome *outcome = arg;

    outcome->done = true;
    outcome->ok = ok;
    outcome->round = *round;
    if (!ok)
        outcome->err = *err;
}

static bool run_round(struct office *office, struct outcome *outcome)
{
    pw_day today = pw_day_in_netherlands(pw_loop_wall(office->bench.loop));

    *outcome = (struct outcome){0};
    pw_privacy_run(office->privacy, today, on_done, outcome);
    while (!outcome->done)
        pw_loop_step(office->bench.loop, 1000);
    return outcome->ok;
}

static void print_round(const struct ctl *ctl, const struct pw_privacy_round *round)
{
    printf(ctl->json ? "{\"terms\":%lld,\"erased\":%lld,\"asked\":%lld,\"restored\":%lld}\n"
                     : "%lld last days set anew, %lld facts erased for their term, %lld for a data subject, "
                       "%lld once more after a restore\n",
        (long long)round->terms, (long long)round->erased, (long long)round->asked,
        (long long)round->restored);
}

static bool print_preview(struct ctl *ctl, struct office *office, struct pw_err *err)
{
    struct pw_buf out;
    bool ok;

    pw_buf_init(&out, PRINT_MAX);
    ok = pw_privacy_preview(
        office->privacy, pw_day_in_netherlands(pw_loop_wall(office->bench.loop)), ctl->json, &out, err);
    if (ok && out.len == 0 && !ctl->json)
        puts("nothing is due");
    if (ok)
        fwrite(out.data, 1, out.len, stdout);
    pw_buf_release(&out);
    return ok;
}

int run_retention_run(struct ctl *ctl)
{
    bool dry_run = false, ok;
    const struct option_row rows[] = {
        {"dry-run", OPTION_FLAG, NULL, "print what is due, by kind, and erase nothing", &dry_run},
    };
    struct outcome outcome;
    struct office office;
    struct pw_err err;
    int status;

    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (!open_office(ctl, &office, &err))
        return failed(&err);
    if (dry_run) {
        ok = print_preview(ctl, &office, &err);
    } else {
        ok = run_round(&office, &outcome);
        if (ok)
            print_round(ctl, &outcome.round);
        else
            err = outcome.err;
    }
    close_office(&office);
    return ok ? EXIT_DONE : failed(&err);
}

static int with_hold(struct ctl *ctl, bool place)
{
    const char *premises = NULL, *reason = NULL;
    const struct option_row rows[] = {
        {"premises", OPTION_TEXT, "ID", "of which nothing may be destroyed", &premises},
        {"reason", OPTION_TEXT, "TEXT", "why, at least three characters", &reason},
    };
    struct office office;
    struct pw_uuid id;
    struct pw_err err;
    int status;

    if (!read_options(ctl, rows, place ? 2 : 1, 0, 0, &status))
        return status;
    if (premises == NULL || !pw_uuid_parse(pw_str_z(premises), &id))
        return wrong_usage(ctl, "--premises takes the id of premises");
    if (place && (reason == NULL || pw_str_z(reason).len < 3 || pw_str_z(reason).len > 500))
        return wrong_usage(ctl, "--reason takes 3 to 500 characters");
    if (!open_office(ctl, &office, &err))
        return failed(&err);
    bool ok = place ? pw_privacy_hold(office.privacy, &id, reason, &err)
                    : pw_privacy_release(office.privacy, &id, &err);
    close_office(&office);
    return ok ? EXIT_DONE : failed(&err);
}

int run_retention_hold(struct ctl *ctl)
{
    return with_hold(ctl, true);
}

int run_retention_release(struct ctl *ctl)
{
    return with_hold(ctl, false);
}

/* ---- data subjects ---- */

static bool read_ref(struct ctl *ctl, struct pw_uuid *ret, int *ret_status)
{
    const char *ref = NULL;
    const struct option_row rows[] = {{"ref", OPTION_TEXT, "ID", "of the request of a data subject", &ref}};

    if (!READ_OPTIONS(ctl, rows, 0, 0, ret_status))
        return false;
    if (ref != NULL && pw_uuid_parse(pw_str_z(ref), ret))
        return true;
    *ret_status = wrong_usage(ctl, "--ref takes the id of a request, as POST /v1/subject-requests gave it");
    return false;
}

int run_subject_export(struct ctl *ctl)
{
    struct office office;
    struct pw_uuid id;
    struct pw_buf out;
    struct pw_err err;
    int status;

    if (!read_ref(ctl, &id, &status))
        return status;
    if (!open_office(ctl, &office, &err))
        return failed(&err);
    pw_buf_init(&out, PRINT_MAX);
    bool ok = pw_privacy_export(office.privacy, &id, &out, &err);
    if (ok)
        printf("%.*s\n", PW_STR_ARG(pw_buf_str(&out)));
    pw_buf_release(&out);
    close_office(&office);
    return ok ? EXIT_DONE : failed(&err);
}

/* What the request asks was approved by a second person; a round carries out what is open. */
int run_subject_erase(struct ctl *ctl)
{
    struct outcome outcome;
    struct office office;
    struct pw_uuid id;
    struct pw_buf out;
    struct pw_err err;
    int status;

    if (!read_ref(ctl, &id, &status))
        return status;
    if (!open_office(ctl, &office, &err))
        return failed(&err);
    pw_buf_init(&out, PRINT_MAX);
    bool ok = pw_privacy_export(office.privacy, &id, &out, &err); /* it is there, and approved */
    pw_buf_release(&out);
    if (ok && !run_round(&office, &outcome)) {
        ok = false;
        err = outcome.err;
    }
    if (ok)
        print_round(ctl, &outcome.round);
    close_office(&office);
    return ok ? EXIT_DONE : failed(&err);
}
