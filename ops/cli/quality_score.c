/*
 * ops/cli/quality_score.c
 *    'tipoff quality score': the quality scorer as a filter from lines of sources to lines of scores.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ops/cli/print.h"
#include "ops/cli/quality_reports.h"
#include "ops/cli/row_values.h"
#include "workers/features/quality.h"
#include "workers/publish/json_out.h"

/* Columns of a feature row that follow from its sources alone. */
static const char *const scored_columns[] = {
    "feature_quality_score",
    "effective_quality_score",
    "worst_category",
    "worst_category_pct",
    "quality_tier",
    "quality_alert_level",
    "quality_alerts",
    "default_feature_count",
    "required_default_count",
    "default_feature_indices",
    "phase4_feature_count",
    "phase3_feature_count",
    "calculated_feature_count",
    "training_quality_feature_count",
    "matchup_quality_pct",
    "player_history_quality_pct",
    "team_context_quality_pct",
    "vegas_quality_pct",
    "game_context_quality_pct",
    "matchup_effective_pct",
    "player_history_effective_pct",
    "game_context_effective_pct",
    "matchup_default_count",
    "player_history_default_count",
    "team_context_default_count",
    "vegas_default_count",
    "game_context_default_count",
    "has_composite_factors",
    "has_opponent_defense",
    "has_vegas_line",
    "critical_features_training_quality",
    "critical_feature_count",
    "optional_feature_count",
    "matchup_quality_tier",
    "game_context_quality_tier",
    "is_quality_ready",
    "is_training_ready",
    "primary_data_source",
    "feature_quality",
};

static bool
read_sources(const json_t *list, FeatureSource out[FEATURE_COUNT], Err *err)
{
    if (!json_is_array(list))
        return ERR_FAIL(err, ERR_POISON, "no list \"sources\"");
    if (json_array_size(list) != FEATURE_COUNT)
        return ERR_FAIL(err, ERR_POISON, "%zu sources, %d needed", json_array_size(list), (int)FEATURE_COUNT);
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        const char *label = json_string_value(json_array_get(list, i));

        if (label == NULL)
            return ERR_FAIL(err, ERR_POISON, "source %zu is no text", i);
        if (!feature_source_parse(label, &out[i]))
            out[i] = FEATURE_SOURCE_UNKNOWN;
    }
    return true;
}

static const char *
matchup_status(const FeatureRow *row)
{
    bool is_known = !f64_is_null(row->matchup_effective_pct) && row->matchup_effective_pct >= 50.0;

    return is_known ? "COMPLETE" : "MATCHUP_UNAVAILABLE";
}

static void
write_score(const FeatureSource sources[FEATURE_COUNT], long long line, Arena *a)
{
    FeatureRow row = feature_row_null();
    json_t *o = json_object();

    quality_fill(sources, a, &row);
    /* the values are not known here, but there is a line exactly when its source is no default */
    row.has_vegas_line = !feature_source_table[sources[FEATURE_VEGAS_POINTS_LINE]].counts_as_default;
    json_put(o, "line", json_integer(line));
    for (size_t i = 0; i < ARRAY_LEN(scored_columns); i++)
        json_put(o, scored_columns[i], row_json(&row, row_column(&feature_row_table, scored_columns[i])));
    json_put(o, "matchup_data_status", json_string(matchup_status(&row)));
    (void)json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    (void)putchar('\n');
    json_decref(o);
}

static bool
score_line(const char *text, size_t len, long long line, Arena *a, Err *err)
{
    json_error_t why;
    json_t *document = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    FeatureSource sources[FEATURE_COUNT] = {FEATURE_SOURCE_MISSING};
    bool ok;

    if (document == NULL)
        return ERR_FAIL(err, ERR_POISON, "no JSON: %s", why.text);
    ok = read_sources(json_object_get(document, "sources"), sources, err);
    if (ok)
        write_score(sources, line, a);
    json_decref(document);
    return ok;
}

static bool
is_blank(const char *text, size_t len)
{
    return strspn(text, " \t\r\n") >= len;
}

int
quality_score(Cli *cli)
{
    Arena *a = arena_new(0);
    char *text = NULL;
    size_t cap = 0;
    long long line = 0;
    int status = 0;
    ssize_t len;

    if (!cli_no_more(cli, "quality")) {
        arena_free(a);
        return 2;
    }
    while ((len = getline(&text, &cap, stdin)) >= 0) {
        Err err;

        line++;
        arena_reset(a);
        if (is_blank(text, (size_t)len) || score_line(text, (size_t)len, line, a, &err))
            continue;
        (void)fprintf(stderr, "tipoff: line %lld: %s\n", line, err.msg);
        status = 1;
    }
    if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
        (void)fputs("tipoff: standard input cannot be read, or standard output not be written\n", stderr);
        status = 1;
    }
    free(text);
    arena_free(a);
    return status;
}
