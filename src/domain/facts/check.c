/* What goes across the fields of a record: requirements, groups, the order of dates, refusals. */
#include "facts_int.h"

#include <math.h>

bool pw_condition_holds(const struct pw_condition *condition, const uint64_t *record)
{
    for (size_t i = 0; i < condition->count; i++) {
        uint64_t value = record[condition->terms[i].field->cell];
        if (value > 63 || !(condition->terms[i].mask >> value & 1))
            return false;
    }
    return condition->count > 0;
}

static void check_required(struct pw_reading *reading, const struct pw_field *field)
{
    if (reading->stated >> field->index & 1)
        return;
    if (field->required || pw_condition_holds(&field->required_if, reading->record))
        pw_reading_fault(reading, field->name.data, PW_FAULT_REQUIRED, NULL, NULL);
}

static void check_order(struct pw_reading *reading, const struct pw_field *field)
{
    const struct pw_field *before = field->not_before;
    if (!before || !pw_record_has(reading->record, field) || !pw_record_has(reading->record, before))
        return;
    if ((int64_t)reading->record[field->cell] < (int64_t)reading->record[before->cell])
        pw_reading_fault(reading, field->name.data, PW_FAULT_DATE_ORDER, NULL, NULL);
}

static void check_group(struct pw_reading *reading, uint64_t group)
{
    uint64_t stated = reading->stated & group;
    if (stated && !(stated & (stated - 1)))
        return;
    for (size_t i = 0; i < reading->kind->field_count; i++) {
        if (group >> i & 1) {
            pw_reading_fault(reading, reading->kind->fields[i].name.data, PW_FAULT_ONE_OF, NULL, NULL);
            return;
        }
    }
}

static void check_refusal(struct pw_reading *reading, const struct pw_refusal *refusal, bool wwft_liable)
{
    if ((refusal->wwft_only && !wwft_liable) || !pw_record_has(reading->record, refusal->field))
        return;
    int64_t units = llround(pw_cell_double(reading->record[refusal->field->cell]) * 100);
    if (units >= refusal->at_least && pw_condition_holds(&refusal->when, reading->record))
        pw_reading_fault(reading, refusal->field->name.data, PW_FAULT_NOT_ALLOWED, refusal->reason.nl.data,
            refusal->reason.en.data);
}

void pw_facts_check_record(struct pw_reading *reading, bool wwft_liable)
{
    const struct pw_kind *kind = reading->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        check_required(reading, &kind->fields[i]);
        check_order(reading, &kind->fields[i]);
    }
    for (size_t i = 0; i < kind->one_of_count; i++)
        check_group(reading, kind->one_of[i]);
    for (size_t i = 0; i < kind->refusal_count; i++)
        check_refusal(reading, &kind->refusals[i], wwft_liable);
}
