/*
 * libcore/runtime/backfill_plan.c
 *    One walk over the grid in the order in which things are made.
 */
#include "libcore/runtime/backfill_plan.h"
#include <stdlib.h>
#include <string.h>

const char *
backfill_why_name(BackfillWhy why)
{
    static const char *const names[BACKFILL_WHYS] = {
        [WHY_NO_CELL] = "no cell", [WHY_NOT_MADE] = "not made", [WHY_ROWS_GONE] = "rows gone",
        [WHY_FAILED] = "failed",   [WHY_STALE] = "stale",       [WHY_ASKED] = "asked",
    };

    return names[why];
}

bool
backfill_only_parse(const char *text, unsigned *out, const char **bad, size_t *bad_len)
{
    static const struct {
        const char *word;
        unsigned set;
    } words[] = {{"missing", ONLY_MISSING}, {"failed", ONLY_FAILED}, {"stale", ONLY_STALE}, {"all", ONLY_ALL}};

    *out = 0;
    for (const char *at = text;; at += *bad_len + 1) {
        unsigned set = 0;

        *bad = at;
        *bad_len = strcspn(at, ",");
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
            if (strlen(words[i].word) == *bad_len && memcmp(words[i].word, at, *bad_len) == 0)
                set = words[i].set;
        if (set == 0)
            return false;
        *out |= set;
        if (at[*bad_len] == '\0')
            return true;
    }
}

static int
compare_cells(const void *pa, const void *pb)
{
    const CellState *a = &(*(const GridCell *const *)pa)->read.state, *b = &(*(const GridCell *const *)pb)->read.state;

    if (a->date.days != b->date.days)
        return a->date.days < b->date.days ? -1 : 1;
    return (a->processor > b->processor) - (a->processor < b->processor);
}

/* ---- why ---- */

/* What need not be there yet is not missing. */
static bool
is_over_time(const GridCell *c, const BackfillAsk *ask)
{
    return date_before(c->read.state.date, ask->today)
           || (!instant_is_null(c->deadline) && c->deadline.us < ask->now.us);
}

static bool
has_lost_rows(const GridCell *c)
{
    return c->rows != NULL_I64 && cell_status_has_rows(c->read.state.status) && c->rows != c->read.state.written;
}

/* The first thing that is wrong with a cell. */
static BackfillWhy
why_of(const GridCell *c, const BackfillAsk *ask, RerunBoard *board)
{
    const CellState *s = &c->read.state;

    if (!c->exists)
        return WHY_NO_CELL;
    if (s->status == CELL_FAILED)
        return WHY_FAILED;
    if (!cell_status_is_terminal(s->status) && is_over_time(c, ask))
        return WHY_NOT_MADE;
    if (has_lost_rows(c))
        return WHY_ROWS_GONE;
    if (c->read.is_stale || rerun_inputs_moved(board, s->processor, s->date))
        return WHY_STALE;
    return WHY_ASKED;
}

static bool
is_asked_for(const GridCell *c, const BackfillAsk *ask)
{
    const CellState *s = &c->read.state;

    return ask->processors[s->processor] && !date_before(s->date, ask->from) && !date_before(ask->to, s->date);
}

static bool
is_collect(const CellState *s)
{
    return strcmp(processor_table[s->processor].phase, "collect") == 0;
}

/* Nobody makes a cell ahead of its time because he was asked to, nor reads a file again that was read well. */
static bool
is_best_left(const GridCell *c, const BackfillAsk *ask, BackfillWhy why)
{
    if (why == WHY_ASKED && is_collect(&c->read.state))
        return true;
    return c->exists && !cell_status_is_terminal(c->read.state.status) && !is_over_time(c, ask);
}

static bool
is_in_sight(const GridCell *c)
{
    return !c->exists || c->read.state.is_in_scope || c->read.state.is_unscheduled;
}

static PlannedCell
planned(const GridCell *c, BackfillWhy why)
{
    const CellState *s = &c->read.state;
    const bool says_rows = c->exists && cell_status_has_rows(s->status);

    return (PlannedCell){
        .key = {s->date, s->processor},
        .why = why,
        .rows = c->rows,
        .written = says_rows ? s->written : NULL_I32,
        .reason = why == WHY_FAILED || why == WHY_STALE || why == WHY_NOT_MADE ? s->reason : NULL,
        .is_by_operator = is_collect(s) && why != WHY_NO_CELL,
    };
}

/* ---- who reads it ---- */

/* What the walk has passed: planned cells and their readers. */
typedef struct {
    int32_t season;
    GameDate date;
    bool on_date[PROC_COUNT]; /* of the date in hand */
    bool before[PROC_COUNT];  /* of earlier dates of the season */
} Passed;

static void
turn_to(Passed *p, GameDate date)
{
    if (date_equal(p->date, date))
        return;
    if (p->season != date_season_year(date)) {
        memset(p->before, 0, sizeof p->before);
        p->season = date_season_year(date);
    } else {
        for (size_t i = 0; i < PROC_COUNT; i++)
            p->before[i] |= p->on_date[i];
    }
    memset(p->on_date, 0, sizeof p->on_date);
    p->date = date;
}

static bool
reads_passed(const Passed *p, const ProcessorSpec *spec)
{
    for (size_t i = 0; i < spec->need_count; i++) {
        const Need *n = &spec->needs[i];

        if (n->scope == NEED_SAME_DATE ? p->on_date[n->processor] : p->before[n->processor])
            return true;
    }
    return false;
}

static RerunBoard *
board_of(const GridCell *cells, size_t count, Arena *a)
{
    ReadCell *read = arena_array(a, count + 1, sizeof *read);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (cells[i].exists)
            read[n++] = cells[i].read;
    return rerun_board(read, n, a);
}

BackfillPlan
backfill_plan(const GridCell *cells, size_t count, const BackfillAsk *ask, Arena *a)
{
    const GridCell **order = arena_array(a, count + 1, sizeof *order);
    BackfillPlan plan = {.cells = arena_array(a, count + 1, sizeof *plan.cells),
                         .readers = arena_array(a, count + 1, sizeof *plan.readers)};
    RerunBoard *board = board_of(cells, count, a);
    Passed passed = {.date = GAME_DATE_NULL};

    for (size_t i = 0; i < count; i++)
        order[i] = &cells[i];
    if (count > 0)
        qsort(order, count, sizeof *order, compare_cells);
    for (size_t i = 0; i < count; i++) {
        const GridCell *c = order[i];
        const CellKey key = {c->read.state.date, c->read.state.processor};
        BackfillWhy why;

        if (!is_in_sight(c))
            continue;
        turn_to(&passed, key.date);
        why = why_of(c, ask, board);
        if (is_asked_for(c, ask) && (ask->only & 1u << why) != 0 && !is_best_left(c, ask, why)) {
            plan.cells[plan.count++] = planned(c, why);
            passed.on_date[key.processor] = true;
        } else if (c->exists && reads_passed(&passed, &processor_table[key.processor])) {
            plan.readers[plan.reader_count++] = key;
            passed.on_date[key.processor] = true;
        }
    }
    return plan;
}

/* ---- how long ---- */

static double
seconds_of(ProcessorId p, const double run_s[PROC_COUNT])
{
    return f64_is_null(run_s[p]) ? 0 : run_s[p];
}

/* Workers go on side by side, each with one cell at a time. */
static double
slowest_worker(const double by_processor[PROC_COUNT])
{
    double most = 0;

    for (size_t p = 0; p < PROC_COUNT; p++) {
        double sum = 0;

        for (size_t q = 0; q < PROC_COUNT; q++)
            if (strcmp(processor_table[q].worker, processor_table[p].worker) == 0)
                sum += by_processor[q];
        most = sum > most ? sum : most;
    }
    return most;
}

BackfillEstimate
backfill_estimate(const BackfillPlan *plan, const double run_s[PROC_COUNT], double rate)
{
    double by_processor[PROC_COUNT] = {0}, paced = rate > 0 ? (double)plan->count / rate : 0;
    BackfillEstimate e = {0};

    for (size_t i = 0; i < plan->count; i++) {
        const double s = seconds_of(plan->cells[i].key.processor, run_s);

        e.work_s += s;
        by_processor[plan->cells[i].key.processor] += s;
    }
    for (size_t i = 0; i < plan->reader_count; i++)
        e.readers_s += seconds_of(plan->readers[i].processor, run_s);
    e.least_s = slowest_worker(by_processor);
    e.least_s = paced > e.least_s ? paced : e.least_s;
    return e;
}
