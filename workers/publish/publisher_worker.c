/*
 * workers/publish/publisher_worker.c
 *    Publish a date: what is read, which files are composed, and when there is nothing to publish.
 *
 * A date's files are rows of its cells, and follow into the public folder after the commit.
 */
#include "workers/publish/publisher_worker.h"

#include "libcore/io/db_table.h"
#include "workers/predictions/champion.h"
#include "workers/publish/export.h"
#include "workers/publish/file_kinds.h"
#include "workers/publish/graded_days.h"
#include "workers/publish/picks_json.h"
#include "workers/publish/results_json.h"
#include "workers/publish/subsets.h"

enum { FOLLOW_AGAIN_US = 1000000 };

static const char not_regular_season[] = "not_regular_season";

/* The reason of the upstream cell of the date when it completed without data, or NULL. */
static const char *
no_data_reason(const CellInput *in, ProcessorId upstream, const char *unnamed)
{
    if (in->is_unscheduled)
        return not_regular_season;
    for (size_t i = 0; i < in->need_count; i++) {
        const CellState *need = &in->needs[i];

        if (need->processor == upstream && date_equal(need->date, in->date) && need->status == CELL_NO_DATA)
            return need->reason != NULL ? need->reason : unnamed;
    }
    return NULL;
}

static PublishedFile
file_row(const CellInput *in, const char *path, const char *body)
{
    PublishedFile row = published_file_null();

    row.game_date = in->date;
    row.processor = processor_table[in->processor].name;
    row.path = path;
    row.body = body;
    return row;
}

typedef struct {
    const Prediction *predictions; /* of the date */
    size_t prediction_count;
    PickDays past; /* graded days of the season before the date */
    const char *champion;
} PicksInput;

/* The season's grading cells before the date, as the gate saw them. */
static size_t
graded_before(const CellInput *in, Arena *a, GradedDate **out)
{
    GameDate first = record_season_start(in->date);
    size_t n = 0;

    *out = arena_array(a, in->need_count + 1, sizeof **out);
    for (size_t i = 0; i < in->need_count; i++) {
        const CellState *need = &in->needs[i];

        if (need->processor == PROC_GRADING && date_before(need->date, in->date) && !date_before(need->date, first))
            (*out)[n++] = (GradedDate){need->date, need->version};
    }
    return n;
}

static bool
picks_load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    PicksInput *input = arena_alloc(a, sizeof(*input));
    void *predictions;
    GradedDate *dates;
    size_t count = graded_before(in, a, &dates);

    if (!champion_load(tx, a, &input->champion, err)
        || !table_read_date(tx, &prediction_table, in->date, a, &predictions, &input->prediction_count, err)
        || !graded_days_load(tx, input->champion, dates, count, a, &input->past, err))
        return false;
    input->predictions = predictions;
    *loaded = input;
    return true;
}

static Instant
latest_input(const PicksInput *input)
{
    Instant latest = INSTANT_NULL;

    for (size_t i = 0; i < input->prediction_count; i++)
        if (input->predictions[i].is_active == BOOL_TRUE && input->predictions[i].as_of.us > latest.us)
            latest = input->predictions[i].as_of;
    return latest;
}

static bool
picks_decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const PicksInput *input = loaded;
    const char *champion = input->champion;
    const char *nothing = no_data_reason(in, PROC_PREDICTIONS, "no_predictions");
    PickDay day;

    (void)err;
    if (nothing != NULL) {
        cell_output_no_data(out, nothing);
        return true;
    }
    day = pick_day_of_predictions(input->predictions, input->prediction_count, in->date, champion, a);
    if (day.count == 0) {
        cell_output_no_data(out, "no_predictions");
        return true;
    }
    PublishedFile *file = arena_alloc(a, sizeof(*file));

    *file = file_row(in, dated_path("picks", in->date, a), picks_json(&day, &input->past, champion, a));
    cell_output_rows(out, &published_file_table, file, 1, 1);
    cell_output_as_of(out, latest_input(input));
    return true;
}

static bool
results_load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    ResultsInput *r = arena_alloc(a, sizeof(*r));
    void *graded, *predictions, *players;

    if (!champion_load(tx, a, &r->system, err)
        || !table_read_range_of(tx, &prediction_accuracy_table, in->date, in->date, "system_id", r->system, a, &graded,
                                &r->graded_count, err)
        || !table_read_date(tx, &prediction_table, in->date, a, &predictions, &r->prediction_count, err)
        || !table_read_date(tx, &upcoming_player_table, in->date, a, &players, &r->player_count, err))
        return false;
    r->date = in->date;
    r->graded = graded;
    r->predictions = predictions;
    r->players = players;
    *loaded = r;
    return true;
}

static bool
results_decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const ResultsInput *r = loaded;
    const char *nothing = no_data_reason(in, PROC_GRADING, "nothing_graded");
    PublishedFile *file;

    (void)err;
    if (nothing == NULL && results_graded_count(r) == 0)
        nothing = "nothing_graded";
    if (nothing != NULL) {
        cell_output_no_data(out, nothing);
        return true;
    }
    file = arena_alloc(a, sizeof(*file));
    *file = file_row(in, dated_path("results", in->date, a), results_json(r, a));
    cell_output_rows(out, &published_file_table, file, 1, 1);
    return true;
}

static bool
follow(DbTx *tx, const WorkerContext *ctx, Arena *a, int64_t *again_us, Err *err)
{
    const ExportOptions options = {.now = ctx->now,
                                   .today = ctx->today,
                                   .build = ctx->build,
                                   .only = GAME_DATE_NULL,
                                   .is_own = true,
                                   .may_put_off = true};
    ExportReport report;
    Target *target;
    bool ok = target_open(ctx->public_dir, NULL, &target, err);

    ok = ok && export_run(tx, &options, target, a, &report, err);
    target_close(target);
    if (ok && report.is_put_off)
        *again_us = FOLLOW_AGAIN_US;
    return ok;
}

static const TableDesc *const writes[] = {&published_file_table, NULL};
static const TableDesc *const picks_reads[] = {&prediction_table, &prediction_accuracy_table, NULL};
static const TableDesc *const results_reads[] = {&prediction_table, &prediction_accuracy_table, &upcoming_player_table,
                                                 NULL};

static const CellSpec cells[] = {
    {
        .processor = PROC_PUBLISH_PICKS,
        .writes = writes,
        .reads = picks_reads,
        .load = picks_load,
        .decide = picks_decide,
    },
    {
        .processor = PROC_PUBLISH_RESULTS,
        .writes = writes,
        .reads = results_reads,
        .load = results_load,
        .decide = results_decide,
    },
};

const WorkerSpec publisher_worker = {
    .name = "publisher",
    .summary = "compose the public files of a date: picks before its games, results after",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
    .after_commit = follow,
};
