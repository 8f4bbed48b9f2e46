/*
 * demo-data --today DATE [--seed N] --out DIR STORY...
 * Writes the sample data of Vossewaard into DIR, one file a sender, and prints what it wrote.
 * Called by tools/demo and by the integration tests.
 */
#include "demo_data.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static int usage(void)
{
    fputs("usage: demo-data --today YYYY-MM-DD --out DIRECTORY [--seed N] STORY...\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"today", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 's'},
        {"out", required_argument, NULL, 'o'},
        {0},
    };
    pw_day today = PW_DAY_NONE;
    uint64_t seed = 1;
    const char *out = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 't' && !pw_day_parse(pw_str_z(optarg), &today))
            return usage();
        if (c == 's')
            seed = strtoull(optarg, NULL, 10);
        if (c == 'o')
            out = optarg;
        if (c == '?')
            return usage();
    }
    if (today == PW_DAY_NONE || out == NULL)
        return usage();

    struct data *data = data_open(out, today, seed);
    bool ok = true;
    write_town(data);
    for (int i = optind; i < argc; i++)
        ok = write_story(data, argv[i]) && ok;
    unsigned facts = 0;
    for (int i = 0; i < PREMISES; i++)
        facts += data_count(data, (enum sender)i);
    printf("%u premises, %u facts\n", data_count(data, PREMISES), facts);
    return data_close(data) && ok ? 0 : 1;
}
