/*
 * workers/publish/publisher_worker.c
 *    Publish a date: what is read, which files are composed, and when there is nothing to publish.
 *
 * A date's files are rows of its cells, and follow into the public folder after the commit.
 */
#include "workers/publish/publisher_worker.h"

#include <string.h>
#include "libcore/io/db_table.h"
#include "workers/predictions/champion.h"
#include "workers/predictions/systems.h"
#include "workers/publish/best_bets.h"
#include "workers/publish/export.h"
#include "workers/publish/file_kinds.h"
#include "workers/publish/graded_days.h"
#include "workers/publish/picks_json.h"
#include "workers/publish/predictions_json.h"
#include "workers/publish/results_json.h"
#include "workers/publish/subset_rows.h"
#include "workers/publish/subsets_json.h"

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
    const PlayerComposite *factors;
    size_t factor_count;
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
    void *predictions, *factors;
    GradedDate *dates;
    size_t count = graded_before(in, a, &dates);

    if (!champion_load(tx, a, &input->champion, err)
        || !table_read_date(tx, &player_composite_table, in->date, a, &factors, &input->factor_count, err)
        || !table_read_date(tx, &prediction_table, in->date, a, &predictions, &input->prediction_count, err)
        || !graded_days_load(tx, input->champion, dates, count, a, &input->past, err))
        return false;
    input->predictions = predictions;
    input->factors = factors;
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

/* The champion's signal; NULL where its day has none. */
static const SystemSignal *
signal_rows(const PicksInput *input, const CellInput *in, Arena *a, CellOutput *out)
{
    SystemSignal *rows = arena_array(a, PREDICTION_SYSTEM_COUNT, sizeof *rows);
    const SystemSignal *of_champion = NULL;
    size_t count = 0;

    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++) {
        const char *system = prediction_systems[i].id;
        const PickDay day = pick_day_of_predictions(input->predictions, input->prediction_count, in->date, system, a);

        if (!system_signal(&day, system, a, &rows[count]))
            continue;
        if (strcmp(system, input->champion) == 0)
            of_champion = &rows[count];
        count++;
    }
    cell_output_rows(out, &system_signal_table, rows, count, count);
    return of_champion;
}

static void
write_day(const PicksInput *input, const CellInput *in, const PickDay *day, Arena *a, CellOutput *out)
{
    enum { FILES = 4 };
    const char *system = input->champion;
    PublishedFile *files = arena_array(a, FILES, sizeof *files);
    size_t pick_count, bet_count;
    const SubsetPick *picks = subset_pick_rows(day, system, a, &pick_count);
    const BestBet *bets = best_bets(day, &input->past, input->factors, input->factor_count, system, a, &bet_count);
    const SystemSignal *signal;

    cell_output_rows(out, &published_file_table, files, FILES, FILES);
    cell_output_rows(out, &subset_pick_table, picks, pick_count, pick_count);
    cell_output_rows(out, &best_bet_table, bets, bet_count, bet_count);
    signal = signal_rows(input, in, a, out);
    files[0] = file_row(in, dated_path("picks", in->date, a), picks_json(day, &input->past, system, a));
    files[1] = file_row(in, dated_path("signals", in->date, a), signal_json(signal, in->date, system, a));
    files[2] = file_row(in, dated_path("predictions", in->date, a),
                        predictions_json(day, input->factors, input->factor_count, system, a));
    files[3] = file_row(in, dated_path("best-bets", in->date, a),
                        best_bets_json(bets, bet_count, NULL, 0, in->date, system, a));
}

static bool
picks_decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const PicksInput *input = loaded;
    const char *nothing = no_data_reason(in, PROC_PREDICTIONS, "no_predictions");
    PickDay day;

    (void)err;
    if (nothing != NULL) {
        cell_output_no_data(out, nothing);
        return true;
    }
    day = pick_day_of_predictions(input->predictions, input->prediction_count, in->date, input->champion, a);
    if (day.count == 0) {
        cell_output_no_data(out, "no_predictions");
        return true;
    }
    write_day(input, in, &day, a, out);
    cell_output_as_of(out, latest_input(input));
    return true;
}

/* What results are composed from, and the best bets as they were published. */
typedef struct {
    ResultsInput results;
    const BestBet *bets;
    size_t bet_count;
} PostGameInput;

static bool
results_load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    PostGameInput *input = arena_alloc(a, sizeof(*input));
    ResultsInput *r = &input->results;
    void *graded, *predictions, *players, *bets;

    if (!champion_load(tx, a, &r->system, err)
        || !table_read_range_of(tx, &prediction_accuracy_table, in->date, in->date, "system_id", r->system, a, &graded,
                                &r->graded_count, err)
        || !table_read_date(tx, &prediction_table, in->date, a, &predictions, &r->prediction_count, err)
        || !table_read_date(tx, &upcoming_player_table, in->date, a, &players, &r->player_count, err)
        || !table_read_date(tx, &best_bet_table, in->date, a, &bets, &input->bet_count, err))
        return false;
    r->date = in->date;
    r->graded = graded;
    r->predictions = predictions;
    r->players = players;
    input->bets = bets;
    *loaded = input;
    return true;
}

static void
write_results(const PostGameInput *input, const CellInput *in, Arena *a, CellOutput *out)
{
    const ResultsInput *r = &input->results;
    PublishedFile *files = arena_array(a, 2, sizeof *files);
    const PickDays days = pick_days_of_accuracy(r->graded, r->graded_count, in->date, in->date, r->system, a);
    const SubsetResult *groups;
    size_t file_count = 0, group_count = 0;

    files[file_count++] = file_row(in, dated_path("results", in->date, a), results_json(r, a));
    if (cell_input_has(in, PROC_PUBLISH_PICKS))
        files[file_count++] = file_row(
            in, dated_path("best-bets", in->date, a),
            best_bets_json(input->bets, input->bet_count, r->graded, r->graded_count, in->date, r->system, a));
    groups = subset_result_rows(&days.days[0], r->system, a, &group_count);
    cell_output_rows(out, &published_file_table, files, file_count, file_count);
    cell_output_rows(out, &subset_result_table, groups, group_count, group_count);
}

static bool
results_decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const PostGameInput *input = loaded;
    const char *nothing = no_data_reason(in, PROC_GRADING, "nothing_graded");

    (void)err;
    if (nothing == NULL && results_graded_count(&input->results) == 0)
        nothing = "nothing_graded";
    if (nothing != NULL)
        cell_output_no_data(out, nothing);
    else
        write_results(input, in, a, out);
    return true;
}

/* Queries can name the groups as files do. */
static bool
record_definitions(DbTx *tx, Err *err)
{
    static const char sql[]
        = "insert into predictions.subset_definition values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
          " on conflict (subset_id) do update set (public_id, subset_name, subset_description, min_edge, direction,"
          " skips_red_days, top_n, expected_hit_rate) = (excluded.public_id, excluded.subset_name,"
          " excluded.subset_description, excluded.min_edge, excluded.direction, excluded.skips_red_days,"
          " excluded.top_n, excluded.expected_hit_rate) where subset_definition is distinct from excluded";

    for (size_t i = 0; i < SUBSET_COUNT; i++) {
        const SubsetDef *s = &subset_table[i];
        const DbParam params[] = {db_text(s->id),
                                  db_text(s->public_id),
                                  db_text(s->name),
                                  db_text(s->description),
                                  db_f64(s->min_edge),
                                  db_text(s->direction),
                                  db_bool(s->skips_red_days),
                                  db_i32(s->top_n > 0 ? (int32_t)s->top_n : NULL_I32),
                                  db_f64(s->expected_hit_pct)};

        if (!db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err))
            return false;
    }
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

    ok = ok && export_run(tx, &options, target, a, &report, err) && record_definitions(tx, err);
    target_close(target);
    if (ok && report.is_put_off)
        *again_us = FOLLOW_AGAIN_US;
    return ok;
}

static const TableDesc *const picks_writes[] = {&published_file_table, &subset_pick_table, &best_bet_table,
                                                &system_signal_table, NULL};
static const TableDesc *const results_writes[] = {&published_file_table, &subset_result_table, NULL};
static const TableDesc *const picks_reads[] = {&prediction_table, &prediction_accuracy_table, &player_composite_table,
                                               NULL};
static const TableDesc *const results_reads[] = {&prediction_table, &prediction_accuracy_table, &upcoming_player_table,
                                                 &best_bet_table, NULL};

/* What files that show the present are composed from, beside the above. */
static const TableDesc *const present_reads[] = {&player_game_table, &player_cache_table, &raw_prop_line_table,
                                                 &system_daily_table, NULL};

static const CellSpec cells[] = {
    {
        .processor = PROC_PUBLISH_PICKS,
        .writes = picks_writes,
        .reads = picks_reads,
        .load = picks_load,
        .decide = picks_decide,
    },
    {
        .processor = PROC_PUBLISH_RESULTS,
        .writes = results_writes,
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
    .handle_tables = present_reads,
    .after_commit = follow,
};
