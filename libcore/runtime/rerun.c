/*
 * libcore/runtime/rerun.c
 *    A walk up the graph that remembers its answers.
 */
#include "libcore/runtime/rerun.h"
#include <stdlib.h>
#include "libcore/runtime/input_vector.h"

typedef enum { NOT_ASKED, STANDS, COMES_AGAIN } Answer;

typedef struct {
    const ReadCell *cell;
    Answer answer;
} Entry;

struct RerunBoard {
    Entry *entries; /* by (processor, date) */
    size_t count;
    size_t first[PROC_COUNT + 1]; /* where each processor's cells begin */
    Arena *a;
};

static int
compare_entries(const void *pa, const void *pb)
{
    const CellState *a = &((const Entry *)pa)->cell->state, *b = &((const Entry *)pb)->cell->state;

    if (a->processor != b->processor)
        return a->processor < b->processor ? -1 : 1;
    return (a->date.days > b->date.days) - (a->date.days < b->date.days);
}

RerunBoard *
rerun_board(const ReadCell *cells, size_t count, Arena *a)
{
    RerunBoard *b = arena_alloc(a, sizeof *b);
    size_t at = 0;

    b->a = a;
    b->count = count;
    b->entries = arena_array(a, count + 1, sizeof *b->entries);
    for (size_t i = 0; i < count; i++)
        b->entries[i].cell = &cells[i];
    if (count > 0)
        qsort(b->entries, count, sizeof *b->entries, compare_entries);
    for (size_t p = 0; p <= PROC_COUNT; p++) {
        while (at < count && b->entries[at].cell->state.processor < (ProcessorId)p)
            at++;
        b->first[p] = at;
    }
    return b;
}

static Entry *
find(RerunBoard *b, ProcessorId processor, GameDate date)
{
    const ReadCell cell = {.state = {.processor = processor, .date = date}};
    const Entry key = {.cell = &cell};

    return b->count == 0 ? NULL : bsearch(&key, b->entries, b->count, sizeof *b->entries, compare_entries);
}

/* Whether a gate of a later date looks at the cell. */
static bool
is_looked_at(const CellState *s, GameDate date)
{
    return s->is_in_scope && !s->is_unscheduled && date_before(s->date, date)
           && date_season_year(s->date) == date_season_year(date);
}

/* The cells on the board that this need is about: a range of entries. */
static void
cells_of_need(RerunBoard *b, const Need *need, GameDate date, size_t *from, size_t *to)
{
    if (need->scope == NEED_ALL_BEFORE) {
        *from = b->first[need->processor];
        *to = b->first[need->processor + 1];
    } else {
        const Entry *e = find(b, need->processor, date);

        *from = e == NULL ? 0 : (size_t)(e - b->entries);
        *to = e == NULL ? 0 : *from + 1;
    }
}

static bool comes_again(RerunBoard *b, Entry *e);

/* Whether what the cell has read of one need has gone on, or, looked at deeply, is about to. */
static bool
need_moves(RerunBoard *b, const Need *need, GameDate date, const InputRead *reads, size_t count, bool deep)
{
    size_t from, to;

    cells_of_need(b, need, date, &from, &to);
    for (size_t i = from; i < to; i++) {
        const CellState *s = &b->entries[i].cell->state;
        const InputRead *r;

        if (need->scope == NEED_ALL_BEFORE && !is_looked_at(s, date))
            continue;
        r = input_vector_find(reads, count, s->processor, s->date);
        if (s->version != (r == NULL ? 0 : r->version) || (deep && comes_again(b, &b->entries[i])))
            return true;
    }
    return false;
}

static bool
inputs_move(RerunBoard *b, const ReadCell *c, bool deep)
{
    const ProcessorSpec *p = &processor_table[c->state.processor];
    InputRead *reads;
    size_t count;

    if (c->inputs.data == NULL || !input_vector_decode(c->inputs, b->a, &reads, &count))
        return false;
    for (size_t i = 0; i < p->need_count; i++)
        if (need_moves(b, &p->needs[i], c->state.date, reads, count, deep))
            return true;
    return false;
}

static bool
comes_again(RerunBoard *b, Entry *e)
{
    const CellState *s = &e->cell->state;

    if (e->answer == NOT_ASKED)
        e->answer = s->version > 0 && s->status != CELL_FAILED
                            && (!cell_status_is_terminal(s->status) || e->cell->is_stale
                                || inputs_move(b, e->cell, true))
                        ? COMES_AGAIN
                        : STANDS;
    return e->answer == COMES_AGAIN;
}

const CellState *
rerun_awaited(RerunBoard *b, const ProcessorSpec *spec, GameDate date)
{
    for (size_t n = 0; n < spec->need_count; n++) {
        const Need *need = &spec->needs[n];
        size_t from, to;

        cells_of_need(b, need, date, &from, &to);
        for (size_t i = from; i < to; i++) {
            const CellState *s = &b->entries[i].cell->state;

            if ((need->scope == NEED_SAME_DATE || is_looked_at(s, date)) && comes_again(b, &b->entries[i]))
                return s;
        }
    }
    return NULL;
}

bool
rerun_inputs_moved(RerunBoard *b, ProcessorId processor, GameDate date)
{
    const Entry *e = find(b, processor, date);

    return e != NULL && inputs_move(b, e->cell, false);
}

static void
add_upstream(ProcessorId processor, bool found[PROC_COUNT])
{
    const ProcessorSpec *p = &processor_table[processor];

    for (size_t i = 0; i < p->need_count; i++) {
        if (found[p->needs[i].processor])
            continue;
        found[p->needs[i].processor] = true;
        add_upstream(p->needs[i].processor, found);
    }
}

size_t
rerun_upstream(ProcessorId processor, ProcessorId out[PROC_COUNT])
{
    bool found[PROC_COUNT] = {false};
    size_t n = 0;

    add_upstream(processor, found);
    for (size_t p = 0; p < PROC_COUNT; p++)
        if (found[p])
            out[n++] = (ProcessorId)p;
    return n;
}
