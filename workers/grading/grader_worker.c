/*
 * workers/grading/grader_worker.c
 *    Grade a date: what is read, what is written, and when there is nothing to grade.
 *
 * The judging is in grading_core.c.
 */
#include "workers/grading/grader_worker.h"

#include "libcore/io/db_table.h"
#include "libcore/runtime/changed_keys.h"
#include "workers/grading/grading_core.h"
#include "workers/league/affected.h"

/* What has not been said of a date's games by the next morning is not awaited any more. */
static Instant
outcomes_are_in(GameDate date)
{
    return date_eastern_instant(date_add(date, 1), 6, 0);
}

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    GradeInput *input = arena_alloc(a, sizeof(*input));
    void *predictions, *games, *players;

    *input = (GradeInput){.is_over = in->now.us >= outcomes_are_in(in->date).us};
    if (!table_read_date(tx, &prediction_table, in->date, a, &predictions, &input->prediction_count, err)
        || !table_read_date(tx, &player_game_table, in->date, a, &games, &input->game_count, err)
        || !table_read_date(tx, &upcoming_player_table, in->date, a, &players, &input->player_count, err))
        return false;
    input->predictions = predictions;
    input->games = games;
    input->players = players;
    *loaded = input;
    return true;
}

/* Why the cell has nothing to do, or NULL. */
static const char *
no_data_reason(const CellInput *in)
{
    if (in->is_unscheduled)
        return "not_regular_season";
    for (size_t i = 0; i < in->need_count; i++) {
        const CellState *need = &in->needs[i];

        if (need->processor == PROC_PREDICTIONS && date_equal(need->date, in->date) && need->status == CELL_NO_DATA)
            return need->reason != NULL ? need->reason : "no_predictions";
    }
    return NULL;
}

/* Whoever is predicted in a game that has changed, by its outcomes, its predictions or its reports. */
static AffectedRows
affected_by(const CellInput *in, const GradeInput *input, Arena *a)
{
    static const ProcessorId upstream[] = {PROC_UPCOMING_CONTEXT, PROC_PREDICTIONS, PROC_GAME_SUMMARIES};
    KeySet changed = {0};

    if (in->changed == NULL)
        return affected_all();
    for (size_t i = 0; i < ARRAY_LEN(upstream); i++) {
        const KeySet of = changed_of(in, upstream[i]);

        changed.players = key_set_union(changed.players, of.players, a);
        changed.teams = key_set_union(changed.teams, of.teams, a);
    }
    return affected_keys(grade_affected(input->predictions, input->prediction_count, changed, a));
}

/* A time for all games of the date that are still being played, or whose box scores have not come. */
static void
wait_for_games(const CellInput *in, const GradedDate *g, Arena *a, CellOutput *out)
{
    const char *what = arena_printf(a, "needs %d games to be final", (int)g->pending_games.count);

    cell_output_due(out, outcomes_are_in(in->date));
    if (g->count == 0)
        cell_output_park(out, what);
    else
        cell_output_degraded(out, arena_printf(a, "%s: %zu predictions are not graded yet", what, g->pending_count));
}

static void
stamp(GradedDate *g, Instant now)
{
    for (size_t i = 0; i < g->count; i++)
        g->rows[i].graded_at = now;
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const GradeInput *input = loaded;
    const char *nothing = no_data_reason(in);
    GradedDate graded = grade_slate(input, a);
    const AffectedRows affected = affected_by(in, input, a);

    (void)err;
    if (graded.count + graded.pending_count == 0) {
        cell_output_no_data(out, nothing != NULL ? nothing : "no_predictions");
        return true;
    }
    stamp(&graded, in->now);
    cell_output_affected(out, &prediction_accuracy_table, graded.rows, graded.count, graded.count, "player_lookup",
                         &affected);
    cell_output_rows(out, &system_daily_table, graded.systems, graded.system_count, graded.system_count);
    if (graded.hole_count > 0)
        cell_output_degraded(out, arena_printf(a, "%zu predictions without a complete box score", graded.hole_count));
    if (graded.pending_count > 0)
        wait_for_games(in, &graded, a, out);
    return true;
}

static const TableDesc *const writes[] = {&prediction_accuracy_table, &system_daily_table, NULL};
static const TableDesc *const reads[] = {&prediction_table, &player_game_table, &upcoming_player_table, NULL};

static const CellSpec cells[] = {
    {
        .processor = PROC_GRADING,
        .writes = writes,
        .reads = reads,
        .load = load,
        .decide = decide,
    },
};

const WorkerSpec grader_worker = {
    .name = "grader",
    .summary = "grade the predictions of a date against its box scores",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
