/* Counters, gauges and histograms; the table is defs/metrics.def, the output OpenMetrics 1.0. */
#include <pandwacht/base/counters.h>

#include <string.h>

#include <pandwacht/base/buf.h>
#include <pandwacht/base/cdefs.h>

#define COUNTER   PW_METRIC_COUNTER
#define GAUGE     PW_METRIC_GAUGE
#define HISTOGRAM PW_METRIC_HISTOGRAM

static const struct {
    const char *name; /* with a fixed label set in braces, or without */
    enum pw_metric_kind kind;
    const char *help;
} metrics[PW_M_COUNT] = {
#define PW_METRIC(name, kind, text_name, help) [PW_M_##name] = {text_name, kind, help},
#include <pandwacht/defs/metrics.def>
#undef PW_METRIC
};

static const double bounds[] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100};

static struct {
    double value; /* counter, gauge, or sum of a histogram */
    uint64_t count;
    uint64_t buckets[PW_COUNT(bounds)];
} values[PW_M_COUNT];

void pw_count(enum pw_metric metric, int64_t n)
{
    values[metric].value += (double)n;
}

void pw_gauge(enum pw_metric metric, double value)
{
    values[metric].value = value;
}

void pw_observe(enum pw_metric metric, double seconds)
{
    values[metric].value += seconds;
    values[metric].count++;
    for (size_t i = 0; i < PW_COUNT(bounds); i++)
        if (seconds <= bounds[i])
            values[metric].buckets[i]++;
}

double pw_metric_value(enum pw_metric metric)
{
    return metrics[metric].kind == PW_METRIC_HISTOGRAM ? (double)values[metric].count : values[metric].value;
}

/* Length of the name before its labels. */
static int family_length(enum pw_metric metric)
{
    return (int)strcspn(metrics[metric].name, "{");
}

static bool same_family(enum pw_metric a, enum pw_metric b)
{
    int length = family_length(a);
    return length == family_length(b) && strncmp(metrics[a].name, metrics[b].name, (size_t)length) == 0;
}

static void render_head(struct pw_buf *out, enum pw_metric metric)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    int length = family_length(metric);
    pw_buf_printf(out, "# TYPE %.*s %s\n# HELP %.*s %s\n", length, metrics[metric].name,
        kinds[metrics[metric].kind], length, metrics[metric].name, metrics[metric].help);
}

static void render_histogram(struct pw_buf *out, enum pw_metric metric)
{
    const char *name = metrics[metric].name;
    for (size_t i = 0; i < PW_COUNT(bounds); i++)
        pw_buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, bounds[i],
            (unsigned long long)values[metric].buckets[i]);
    unsigned long long count = values[metric].count;
    pw_buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_count %llu\n%s_sum %.6f\n", name, count, name, count,
        name, values[metric].value);
}

static void render(struct pw_buf *out, enum pw_metric metric)
{
    const char *name = metrics[metric].name;
    int length = family_length(metric);
    if (metrics[metric].kind == PW_METRIC_HISTOGRAM)
        render_histogram(out, metric);
    else
        pw_buf_printf(out, "%.*s%s%s %.17g\n", length, name,
            metrics[metric].kind == PW_METRIC_COUNTER ? "_total" : "", name + length, values[metric].value);
}

void pw_metrics_render(struct pw_buf *out)
{
    for (int m = 0; m < PW_M_COUNT; m++) {
        enum pw_metric metric = (enum pw_metric)m;
        if (m == 0 || !same_family((enum pw_metric)(m - 1), metric))
            render_head(out, metric);
        render(out, metric);
    }
    pw_buf_puts(out, "# EOF\n");
}
