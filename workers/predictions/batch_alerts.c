/*
 * workers/predictions/batch_alerts.c
 *    The alerts of a batch as rows: when each is raised, and what it says.
 */
#include "workers/predictions/batch_alerts.h"

#include <string.h>

static const double ENOUGH_PCT = 80.0;
static const double MISSING_LINES_PCT = 50.0;

BatchTally
batch_tally(const RequestRow *rows, size_t count)
{
    BatchTally t = {0};
    const struct {
        const char *status;
        size_t *n;
    } counters[] = {
        {"predicted", &t.predicted}, {"skipped", &t.skipped}, {"failed", &t.failed}, {"expired", &t.expired}};

    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < ARRAY_LEN(counters); c++)
            *counters[c].n += strcmp(rows[i].status, counters[c].status) == 0;
    return t;
}

/* NaN of nothing, which is above and below no bound. */
static double
percent(double n, double of)
{
    return of > 0 ? 100.0 * n / of : NULL_F64;
}

static void
say_quality(const SlateFigures *f, Arena *a, CellOutput *out)
{
    if (percent(f->good_quality, f->eligible) < ENOUGH_PCT)
        cell_output_alert(out, "low_quality_features", ALERT_WARNING, NULL,
                          arena_printf(a, "%d of %d players have a quality score of 85, %g %% are wanted",
                                       (int)f->good_quality, (int)f->eligible, ENOUGH_PCT));
    if (f->without_features > 0)
        cell_output_alert(
            out, "phase4_data_missing", f->without_features == f->eligible ? ALERT_CRITICAL : ALERT_WARNING, NULL,
            arena_printf(a, "%d of %d players have no features", (int)f->without_features, (int)f->eligible));
    if (f->lined_skipped > 0)
        cell_output_alert(
            out, "predictions_skipped", ALERT_INFO, NULL,
            arena_printf(a, "the quality gate holds back %d players who have a line", (int)f->lined_skipped));
}

static void
say_coverage(const SlateFigures *f, size_t predicted, bool has_lines, Arena *a, CellOutput *out)
{
    if (percent((double)predicted, f->eligible) < ENOUGH_PCT)
        cell_output_alert(out, "low_coverage", ALERT_WARNING, NULL,
                          arena_printf(a, "%zu of %d players are predicted, %g %% are wanted", predicted,
                                       (int)f->eligible, ENOUGH_PCT));
    if (has_lines && percent(f->line_missing, f->line_expected) > MISSING_LINES_PCT)
        cell_output_alert(out, "vegas_coverage_degraded", ALERT_WARNING, NULL,
                          arena_printf(a, "%d of %d players who average 24 minutes have no line", (int)f->line_missing,
                                       (int)f->line_expected));
}

void
batch_say(const SlateFigures *f, const BatchTally *t, bool is_live, bool has_lines, Arena *a, CellOutput *out)
{
    if (is_live) {
        say_quality(f, a, out);
        say_coverage(f, t->predicted, has_lines, a, out);
    }
    if (t->expired > 0)
        cell_output_alert(out, "batch_incomplete", ALERT_CRITICAL, NULL,
                          arena_printf(a, "%zu of %zu requests ended without an answer", t->expired,
                                       t->predicted + t->skipped + t->failed + t->expired));
    cell_output_measure(out, "eligible", f->eligible);
    cell_output_measure(out, "predicted", (double)t->predicted);
    cell_output_measure(out, "coverage_pct", percent((double)t->predicted, f->eligible));
    cell_output_measure(out, "good_quality_pct", percent(f->good_quality, f->eligible));
    if (has_lines)
        cell_output_measure(out, "line_coverage_pct", percent(f->line_expected - f->line_missing, f->line_expected));
}

void
batch_say_stalled(size_t open, size_t count, Arena *a, CellOutput *out)
{
    cell_output_alert(
        out, "batch_stalled", ALERT_WARNING, NULL,
        arena_printf(a, "%zu of %zu requests had no answer in time and were asked for again", open, count));
}
