/*
 * libcore/runtime/run_stats.c
 *    Cells that ended, kept until their batch is committed.
 */
#include "libcore/runtime/run_stats.h"
#include "libcore/base/log.h"

void
run_stats_add_end(RunStats *s, const CellEnd *end, Arena *a)
{
    CellEnd *kept;

    s->ended = arena_room(a, s->ended, s->ended_count, &s->ended_cap, sizeof *s->ended);
    kept = &s->ended[s->ended_count++];
    *kept = *end;
    kept->inputs = (Bytes){0}; /* the cell's memory goes when it has ended */
    kept->reason = arena_strdup(a, end->reason);
    kept->measures = arena_strdup(a, end->measures);
}

static const char *
or_dash(const char *s)
{
    return s != NULL && s[0] != '\0' ? s : "-";
}

static void
log_end(const CellEnd *e)
{
    char day[DATE_TEXT_LEN];

    log_line(e->status == CELL_FAILED ? LVL_WARN : LVL_INFO, "cell ended",
             "game_date=%s processor=%s status=%s version=%d rows=%d expected=%d rejected=%d lane=%s run_id=%s"
             " correlation_id=%s reason=%s measures=%s",
             date_format(e->key.date, day), processor_table[e->key.processor].name, cell_status_name(e->status),
             (int)e->version, (int)e->written, (int)e->expected, (int)e->rejected, e->lane, e->run_id,
             or_dash(e->correlation_id), or_dash(e->reason), or_dash(e->measures));
}

void
run_stats_log(const RunStats *s)
{
    for (size_t i = 0; i < s->ended_count; i++)
        log_end(&s->ended[i]);
}
