/* Files, dates and chance for the sample data. */
#include "demo_data.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct data {
    FILE *files[SENDERS];
    unsigned counts[SENDERS];
    pw_day today;
    uint64_t state;
};

static const char *const names[SENDERS] = {
    [CORPORATION] = "woningcorporatie",
    [LANDLORD] = "verhuurder",
    [AGENT] = "makelaar",
    [TIP_LINE] = "meldpunt",
    [INSPECTION] = "toezicht",
    [REGISTERS] = "basisregistraties",
    [GRID] = "netbeheerder",
    [ENFORCEMENT] = "handhaving",
    [PREMISES] = "premises",
};

const char *data_sender_name(enum sender sender)
{
    return names[sender];
}

struct data *data_open(const char *directory, pw_day today, uint64_t seed)
{
    struct data *data = calloc(1, sizeof *data);
    if (data == NULL)
        abort();
    data->today = today;
    data->state = seed;
    for (int i = 0; i < SENDERS; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.ndjson", directory, names[i]);
        data->files[i] = fopen(path, "w");
        if (data->files[i] == NULL) {
            perror(path);
            exit(1);
        }
    }
    return data;
}

bool data_close(struct data *data)
{
    bool ok = true;
    for (int i = 0; i < SENDERS; i++)
        ok = !ferror(data->files[i]) && fclose(data->files[i]) == 0 && ok;
    free(data);
    return ok;
}

void data_line(struct data *data, enum sender sender, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(data->files[sender], format, args);
    va_end(args);
    fputc('\n', data->files[sender]);
    data->counts[sender]++;
}

unsigned data_count(const struct data *data, enum sender sender)
{
    return data->counts[sender];
}

pw_day data_today(const struct data *data)
{
    return data->today;
}

const char *date_text(pw_day day)
{
    static char texts[8][PW_DATE_TEXT];
    static unsigned next;
    return pw_day_format(day, texts[next++ % 8]);
}

const char *month_text(pw_day day)
{
    char *text = (char *)date_text(day);
    text[7] = '\0';
    return text;
}

/* splitmix64: small, and the same on every machine. */
static uint64_t draw(struct data *data)
{
    uint64_t z = data->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int pick(struct data *data, int low, int high)
{
    return low + (int)(draw(data) % (uint64_t)(high - low + 1));
}

bool chance(struct data *data, int percent)
{
    return pick(data, 1, 100) <= percent;
}
