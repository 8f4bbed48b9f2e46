/* rules/holidays.yaml: the days on which no working day is counted, and until when that is known. */
#include "app_int.h"

#include <stdlib.h>

#include <pandwacht/yaml.h>

static int by_day(const void *a, const void *b)
{
    pw_day x = *(const pw_day *)a, y = *(const pw_day *)b;
    return (x > y) - (x < y);
}

bool app_holidays_load(
    struct pw_arena *arena, const char *rules_dir, struct pw_holidays *ret, struct pw_err *err)
{
    static const char *const keys[] = {"from", "until", "days", NULL};
    const struct pw_yaml *root, *from, *until, *list;
    const char *path = pw_str_printf(arena, "%s/holidays.yaml", rules_dir).data;
    if (!pw_yaml_load(arena, path, NULL, &root, err) || !pw_yaml_known(root, keys, err) ||
        !pw_yaml_need(root, "from", &from, err) || !pw_yaml_need(root, "until", &until, err) ||
        !pw_yaml_need(root, "days", &list, err) || !pw_yaml_need_list(list, err))
        return false;
    struct pw_holidays holidays = {.count = (int)list->count};
    pw_day *days = PW_NEW_ARRAY(arena, list->count, pw_day);
    if (!pw_yaml_day(from, &holidays.from, err) || !pw_yaml_day(until, &holidays.until, err))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!pw_yaml_day(list->items[i], &days[i], err))
            return false;
    qsort(days, list->count, sizeof *days, by_day);
    holidays.days = days;
    *ret = holidays;
    return true;
}
