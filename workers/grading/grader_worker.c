/*
 * workers/grading/grader_worker.c
 *    Grade a date: what is read, what is written, and when there is nothing to grade.
 *
 * The judging is in grading_core.c.
 */
#include "workers/grading/grader_worker.h"

#include "libcore/io/db_table.h"
#include "workers/grading/grading_core.h"

typedef struct {
    const Prediction *predictions;
    size_t prediction_count;
    const PlayerGame *games;
    size_t game_count;
} GraderInput;

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    GraderInput *input = arena_alloc(a, sizeof(*input));
    void *predictions;
    void *games;

    if (!table_read_date(tx, &prediction_table, in->date, a, &predictions, &input->prediction_count, err)
        || !table_read_date(tx, &player_game_table, in->date, a, &games, &input->game_count, err))
        return false;
    input->predictions = predictions;
    input->games = games;
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

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const GraderInput *input = loaded;
    const char *nothing = no_data_reason(in);
    GradedDate graded;

    (void)err;
    if (nothing != NULL) {
        cell_output_no_data(out, nothing);
        return true;
    }
    graded = grade_date(input->predictions, input->prediction_count, input->games, input->game_count, a);
    if (graded.count == 0) {
        cell_output_no_data(out, "no_predictions");
        return true;
    }
    cell_output_rows(out, &prediction_accuracy_table, graded.rows, graded.count, graded.count);
    cell_output_rows(out, &system_daily_table, graded.systems, graded.system_count, graded.system_count);
    if (graded.hole_count > 0)
        cell_output_degraded(out, arena_printf(a, "%zu predictions without a complete box score", graded.hole_count));
    return true;
}

static const TableDesc *const writes[] = {&prediction_accuracy_table, &system_daily_table, NULL};
static const TableDesc *const reads[] = {&prediction_table, &player_game_table, NULL};

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
