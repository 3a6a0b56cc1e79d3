/*
 * workers/analytics/game_summaries_worker.c
 *    The game-summaries worker: what it reads and writes, and when a date has nothing to summarise.
 *
 * The arithmetic is in game_summaries_core.c.
 */
#include "workers/analytics/game_summaries_worker.h"
#include "libcore/io/db_table.h"
#include "workers/analytics/feed_rows.h"
#include "workers/analytics/game_summaries_core.h"

enum { OUTCOME_STAMP_HOUR = 6 }; /* Eastern, of the day after */

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    GameFacts *f = arena_alloc(a, sizeof *f);
    void *box, *shots, *schedule;

    f->date = in->date;
    if (!feed_rows_read(tx, in, PROC_RAW_BOXSCORES, &raw_boxscore_table, a, &box, &f->box_count, err)
        || !feed_rows_read(tx, in, PROC_RAW_SHOTS, &raw_shot_table, a, &shots, &f->shot_count, err)
        || !table_read_date(tx, &schedule_game_table, in->date, a, &schedule, &f->schedule_count, err))
        return false;
    f->box = box;
    f->shots = shots;
    f->schedule = schedule;
    *loaded = f;
    return true;
}

static void
announce(const CellInput *in, const GameSummaries *s, CellOutput *out)
{
    cell_output_rows(out, &player_game_table, s->players, s->player_count, s->scheduled_lines);
    cell_output_rows(out, &team_offense_table, s->offense, s->offense_count, s->offense_count);
    cell_output_rows(out, &team_defense_table, s->defense, s->defense_count, s->defense_count);
    cell_output_rows(out, &unresolved_name_table, s->unresolved, s->unresolved_count, s->unresolved_count);
    for (size_t i = 0; i < s->rejection_count; i++)
        cell_output_reject(out, s->rejections[i].entity, s->rejections[i].reason);
    cell_output_as_of(out, date_eastern_instant(date_add(in->date, 1), OUTCOME_STAMP_HOUR, 0));
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const GameSummaries *s;

    if (in->is_unscheduled) {
        cell_output_no_data(out, "not_regular_season");
        return true;
    }
    s = game_summaries(loaded, a);
    if (s->scheduled_lines == 0) {
        cell_output_no_data(out, "no_box_scores");
        return true;
    }
    if (s->player_count == 0)
        return ERR_FAIL(err, ERR_POISON, "none of %zu box-score lines can be used, %s: %s", s->scheduled_lines,
                        s->rejections[0].entity, s->rejections[0].reason);
    announce(in, s, out);
    return true;
}

static const TableDesc *const writes[] = {&player_game_table, &team_offense_table, &team_defense_table,
                                          &unresolved_name_table, NULL};
static const TableDesc *const reads[] = {&raw_boxscore_table, &raw_shot_table, &schedule_game_table, NULL};

/* One game or player more or less moves windows, minimums and the resolution of names of everybody; so does
 * another name, and another team has other teammates. */
static const char *const identity[] = {"player_name", "team", NULL};

static const CellSpec cells[] = {{
    .processor = PROC_GAME_SUMMARIES,
    .writes = writes,
    .reads = reads,
    .load = load,
    .decide = decide,
    .identity = identity,
}};

const WorkerSpec game_summaries_worker = {
    .name = "game-summaries",
    .summary = "summarise a date's games by player and team once box scores and shots are in",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
