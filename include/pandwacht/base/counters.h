/*
 * Counters, gauges and histograms, declared once in defs/metrics.def. Labels come from
 * closed sets fixed in that table; no run-time text can become one. Process-wide and
 * plain: one thread.
 */
#ifndef PANDWACHT_BASE_COUNTERS_H
#define PANDWACHT_BASE_COUNTERS_H

#include <stdint.h>

enum pw_metric {
#define PW_METRIC(name, kind, text_name, help) PW_M_##name,
#include <pandwacht/defs/metrics.def>
#undef PW_METRIC
    PW_M_COUNT
};

enum pw_metric_kind { PW_METRIC_COUNTER, PW_METRIC_GAUGE, PW_METRIC_HISTOGRAM };

struct pw_buf;

void pw_count(enum pw_metric metric, int64_t n);
void pw_gauge(enum pw_metric metric, double value);
/* Adds an observation in seconds to a histogram (buckets 1 ms to 100 s, powers of about 3). */
void pw_observe(enum pw_metric metric, double seconds);
/* The current value of a counter or gauge; number of observations of a histogram. */
double pw_metric_value(enum pw_metric metric);
/* All of them as OpenMetrics text, with the closing "# EOF". */
void pw_metrics_render(struct pw_buf *out);

#endif
