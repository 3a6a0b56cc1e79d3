/*
 * libcore/runtime/gate.c
 *    The gate's rules over a board of cell states.
 */
#include "libcore/runtime/gate.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"

struct GateBoard {
    CellState *cells; /* by (processor, date) */
    size_t count;
    size_t first[PROC_COUNT + 1]; /* where each processor's cells begin */
    FeedSet feeds;
};

static int
compare_cells(const void *pa, const void *pb)
{
    const CellState *a = pa, *b = pb;

    if (a->processor != b->processor)
        return a->processor < b->processor ? -1 : 1;
    return (a->date.days > b->date.days) - (a->date.days < b->date.days);
}

const GateBoard *
gate_board(const CellState *states, size_t count, const FeedSet *feeds, Arena *a)
{
    GateBoard *b = arena_alloc(a, sizeof *b);
    size_t at = 0;

    b->cells = arena_array(a, count + 1, sizeof *b->cells);
    b->count = count;
    b->feeds = *feeds;
    if (count > 0)
        memcpy(b->cells, states, count * sizeof *states);
    qsort(b->cells, count, sizeof *b->cells, compare_cells);
    for (size_t p = 0; p < PROC_COUNT; p++) {
        while (at < count && b->cells[at].processor < (ProcessorId)p)
            at++;
        b->first[p] = at;
    }
    b->first[PROC_COUNT] = count;
    return b;
}

const CellState *
gate_board_cell(const GateBoard *b, ProcessorId processor, GameDate date)
{
    const CellState key = {.processor = processor, .date = date};

    return bsearch(&key, b->cells, b->count, sizeof *b->cells, compare_cells);
}

typedef struct {
    const ProcessorSpec *spec;
    GameDate date;
    const GateAsk *ask;
    GateAnswer answer;
    CellState *needs;
    size_t count;
    AgedNeed *aged;
    Arena *a;
} Check;

static const char *
describe(Check *ch, const char *text, ProcessorId p, GameDate date, const char *why)
{
    char day[DATE_TEXT_LEN];

    /* The cut may fall into a player's name. */
    return utf8_mend(arena_printf(ch->a, "%s%s of %s%s%.160s", text, processor_table[p].name, date_format(date, day),
                                  why ? ": " : "", why ? why : ""));
}

const char *
gate_wait_name(GateWait w)
{
    static const char *const names[GATE_WAITS] = {
        [WAIT_FOR_SAME_DATE] = "same_date", [WAIT_FOR_EARLIER_DATE] = "earlier_date", [WAIT_FOR_FAILED] = "failed_need",
        [WAIT_FOR_ROWS] = "short_need",     [WAIT_FOR_RERUN] = "need_is_made_again",
    };

    return names[w];
}

static void
settle(Check *ch, GateVerdict verdict, GateWait wait, const char *reason)
{
    /* The first obstacle names itself; a failure weighs more than waiting. */
    if (ch->answer.verdict == GATE_OPEN || (ch->answer.verdict == GATE_WAIT && verdict == GATE_FAILED)) {
        ch->answer.verdict = verdict;
        ch->answer.wait = wait;
        ch->answer.reason = reason;
    }
}

static void
lack(Check *ch, const char *what)
{
    ch->answer.degraded = ch->answer.degraded ? arena_printf(ch->a, "%s; %s", ch->answer.degraded, what) : what;
}

/* A need of the same date holds the cell, unless somebody has said that it is to run all the same. */
static void
hold(Check *ch, GateWait wait, ProcessorId need, const char *why)
{
    bool waits = wait == WAIT_FOR_SAME_DATE || ch->spec->is_pre_game;

    if (ch->ask->override != NULL) {
        ch->answer.is_overridden = true;
        lack(ch, describe(ch, "without ", need, ch->date, why ? why : "it has not ended"));
    } else {
        settle(ch, waits ? GATE_WAIT : GATE_FAILED, wait, describe(ch, "needs ", need, ch->date, why));
    }
}

int32_t
gate_min_rows(const Need *need, const CellState *s)
{
    const bool has_rows = s->status == CELL_SUCCESS || s->status == CELL_PARTIAL || s->status == CELL_DEGRADED;
    const int32_t ninety = s->expected > 0 ? (int32_t)(((int64_t)s->expected * 9 + 9) / 10) : 0;

    if (!has_rows)
        return 0; /* then its status says what there is */
    return need->min_rows < ninety ? need->min_rows : ninety;
}

static void
check_age(Check *ch, const Need *need, const CellState *s)
{
    double hours = (double)(ch->ask->now.us - s->finished.us) / 3600e6;

    if (!(need->max_age_h > 0) || date_before(ch->date, ch->ask->today) || instant_is_null(s->finished)
        || hours <= need->max_age_h)
        return;
    ch->aged[ch->answer.aged_count++] = (AgedNeed){need->processor, hours, need->max_age_h};
    lack(ch, describe(ch, "an old ", need->processor, ch->date,
                      arena_printf(ch->a, "%.1f h, %g allowed", hours, need->max_age_h)));
}

static void
check_same_date(Check *ch, const Need *need, const CellState *s)
{
    const bool is_raw = strcmp(processor_table[need->processor].phase, "raw") == 0;
    int32_t least;

    if (s == NULL || !cell_status_is_terminal(s->status)) {
        hold(ch, WAIT_FOR_SAME_DATE, need->processor, NULL);
        return;
    }
    ch->needs[ch->count++] = *s;
    least = gate_min_rows(need, s);
    if (s->status == CELL_FAILED && need->is_hard) {
        hold(ch, WAIT_FOR_FAILED, need->processor, s->reason ? s->reason : "failed");
    } else if (s->status == CELL_FAILED || (s->status == CELL_NO_DATA && is_raw && !s->is_unscheduled)) {
        lack(ch, describe(ch, "without ", need->processor, ch->date, s->reason));
    } else if (least > 0 && s->written < least) {
        const char *numbers = arena_printf(ch->a, "%d of %d rows, %d needed", (int)s->written, (int)s->expected,
                                           (int)least);

        if (need->is_hard)
            hold(ch, WAIT_FOR_ROWS, need->processor, numbers);
        else
            lack(ch, describe(ch, "a short ", need->processor, ch->date, numbers));
    }
    check_age(ch, need, s);
}

static void
check_all_before(Check *ch, const Need *need, const GateBoard *b)
{
    bool is_outcome = need->processor == PROC_GAME_SUMMARIES;
    int32_t season = date_season_year(ch->date);

    for (size_t i = b->first[need->processor]; i < b->first[need->processor + 1]; i++) {
        const CellState *s = &b->cells[i];

        if (!s->is_in_scope || s->is_unscheduled || !date_before(s->date, ch->date)
            || date_season_year(s->date) != season)
            continue;
        if (!cell_status_is_terminal(s->status)) {
            settle(ch, GATE_WAIT, WAIT_FOR_EARLIER_DATE, describe(ch, "needs ", need->processor, s->date, NULL));
            return;
        }
        ch->needs[ch->count++] = *s;
        if (s->status == CELL_FAILED || (is_outcome && s->status == CELL_NO_DATA))
            lack(ch, describe(ch, "a hole at ", need->processor, s->date, s->reason));
    }
}

/* No gate sees more cells than this. */
static size_t
max_needs(const ProcessorSpec *spec, const GateBoard *b)
{
    size_t n = 0;

    for (size_t i = 0; i < spec->need_count; i++) {
        ProcessorId p = spec->needs[i].processor;

        n += spec->needs[i].scope == NEED_SAME_DATE ? 1 : b->first[p + 1] - b->first[p];
    }
    return n;
}

/* Who opened it and why stands before what it lacks. */
static void
name_override(Check *ch)
{
    const GateOverride *o = ch->ask->override;

    ch->answer.degraded = utf8_mend(
        arena_printf(ch->a, "overridden by %.80s (%.160s): %s", o->by, o->reason, ch->answer.degraded));
}

GateAnswer
gate_check(const ProcessorSpec *spec, GameDate date, const GateBoard *board, const GateAsk *ask, Arena *a)
{
    Check ch = {.spec = spec,
                .date = date,
                .ask = ask,
                .a = a,
                .needs = arena_array(a, max_needs(spec, board) + 1, sizeof *ch.needs),
                .aged = arena_array(a, spec->need_count + 1, sizeof *ch.aged)};

    for (size_t i = 0; i < spec->need_count; i++) {
        const Need *need = &spec->needs[i];

        if (!processor_is_subscribed(&board->feeds, need->processor))
            continue;
        if (need->scope == NEED_SAME_DATE)
            check_same_date(&ch, need, gate_board_cell(board, need->processor, date));
        else
            check_all_before(&ch, need, board);
    }
    if (ch.answer.is_overridden)
        name_override(&ch);
    if (ch.count > 0)
        qsort(ch.needs, ch.count, sizeof *ch.needs, compare_cells);
    ch.answer.needs = ch.needs;
    ch.answer.need_count = ch.count;
    ch.answer.aged = ch.aged;
    return ch.answer;
}
