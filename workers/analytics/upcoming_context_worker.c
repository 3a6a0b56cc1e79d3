/*
 * workers/analytics/upcoming_context_worker.c
 *    The upcoming-context worker: what it reads and writes, and what a date without players says.
 *
 * The arithmetic is in upcoming_context_core.c.
 */
#include "workers/analytics/upcoming_context_worker.h"
#include "workers/analytics/feed_rows.h"
#include "workers/analytics/upcoming_affected_core.h"
#include "workers/analytics/upcoming_context_core.h"
#include "workers/league/affected.h"
#include "workers/league/season_cache.h"

typedef struct {
    const LeagueIndex *season;
    UpcomingFacts facts; /* but for the view, which decide makes */
} Loaded;

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    Loaded *l = arena_alloc(a, sizeof *l);
    UpcomingFacts *f = &l->facts;
    void *lines, *reports, *game_lines;

    if (!season_cache_load(tx, in, a, &l->season, err)
        || !feed_rows_read(tx, in, PROC_RAW_PROPS, &raw_prop_line_table, a, &lines, &f->line_count, err)
        || !feed_rows_read(tx, in, PROC_RAW_INJURIES, &raw_injury_report_table, a, &reports, &f->report_count, err)
        || !feed_rows_read(tx, in, PROC_RAW_GAME_LINES, &raw_game_line_table, a, &game_lines, &f->game_line_count, err))
        return false;
    f->lines = lines;
    f->reports = reports;
    f->game_lines = game_lines;
    *loaded = l;
    return true;
}

/* Whose rows may differ from those that stand. */
static AffectedRows
affected(const CellInput *in, const LeagueView *view, Arena *a)
{
    UpcomingChanges changes = {.feeds = false};

    if (in->changed == NULL)
        return affected_all();
    changes.summaries = changed_of(in, PROC_GAME_SUMMARIES);
    for (size_t i = 0; i < in->need_count; i++)
        changes.feeds |= date_equal(in->needs[i].date, in->date) && changed_of(in, in->needs[i].processor).is_changed;
    return upcoming_context_affected(view, &changes, a);
}

/* All of it has been made: lines are weighed against each other, and what a name means depends on everybody's. */
static void
announce(const UpcomingContext *c, const AffectedRows *affected, CellOutput *out)
{
    cell_output_affected(out, &upcoming_player_table, c->players, c->player_count, c->player_count, "player_lookup",
                         affected);
    cell_output_rows(out, &upcoming_team_table, c->teams, c->team_count, c->team_count);
    cell_output_rows(out, &unresolved_name_table, c->unresolved, c->unresolved_count, c->unresolved_count);
    if (!instant_is_null(c->as_of))
        cell_output_as_of(out, c->as_of);
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const Loaded *l = loaded;
    UpcomingFacts facts = l->facts;
    const UpcomingContext *context;
    AffectedRows rows;

    (void)err;
    if (in->is_unscheduled) {
        cell_output_no_data(out, "not_regular_season");
        return true;
    }
    facts.view = league_index_view(l->season, in->date, a);
    context = upcoming_context(&facts, a);
    rows = affected(in, facts.view, a);
    announce(context, &rows, out);
    if (context->player_count == 0) /* opening night: its games are known, its players are not */
        cell_output_no_data(out, "no_history");
    return true;
}

static const TableDesc *const writes[] = {&upcoming_player_table, &upcoming_team_table, &unresolved_name_table, NULL};
static const TableDesc *const reads[] = {
    &schedule_game_table, &player_game_table,       &team_offense_table,  &team_defense_table,
    &raw_prop_line_table, &raw_injury_report_table, &raw_game_line_table, NULL};

static const CellSpec cells[] = {{
    .processor = PROC_UPCOMING_CONTEXT,
    .writes = writes,
    .reads = reads,
    .load = load,
    .decide = decide,
}};

const WorkerSpec upcoming_context_worker = {
    .name = "upcoming-context",
    .summary = "say who is expected to play on a date, how rested, how fit, and with which lines",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
