/*
 * workers/raw/raw_core.c
 *    Order parts, number or deduplicate rows, fill row structs.
 */
#include "workers/raw/raw_core.h"
#include <stdlib.h>
#include <string.h>
#include "workers/collect/feed_rejections.h"

/* ---- the order of parts */

/* Where a part stands among the others, and where its event is. */
typedef struct {
    const char *game_id, *bookmaker;
    long number; /* n of "...#n", else 1 */
    const void *event;
} PartRef;

static PartRef
part_ref(const char *game_id, const char *bookmaker, const char *part_id, const void *event)
{
    const char *mark = strrchr(part_id, '#');

    return (PartRef){.game_id = game_id,
                     .bookmaker = bookmaker,
                     .number = mark == NULL ? 1 : strtol(mark + 1, NULL, 10),
                     .event = event};
}

static int
by_place(const void *x, const void *y)
{
    const PartRef *a = x, *b = y;
    int order = strcmp(a->game_id, b->game_id);

    if (order == 0)
        order = strcmp(a->bookmaker, b->bookmaker);
    if (order == 0)
        order = (a->number > b->number) - (a->number < b->number);
    return order;
}

static void
sort_parts(PartRef *refs, size_t count)
{
    if (count > 0)
        qsort(refs, count, sizeof *refs, by_place);
}

/* The first number of a part's rows: behind those of the part before it when that is of the same
 * game and bookmaker. */
static int32_t
first_number(const PartRef *refs, size_t i, int32_t next)
{
    bool continues = i > 0 && strcmp(refs[i - 1].game_id, refs[i].game_id) == 0
                     && strcmp(refs[i - 1].bookmaker, refs[i].bookmaker) == 0;

    return continues ? next : 1;
}

/* ---- schedule */

static int
by_schedule_key(const void *x, const void *y)
{
    const ScheduleGame *const *a = x, *const *b = y;
    int order = strcmp((*a)->game_id, (*b)->game_id);

    return order != 0 ? order : (*a > *b) - (*a < *b); /* both stand in one array: the earlier first */
}

static ScheduleGame
schedule_game(const FeedSchedule *s, const FeedGame *g)
{
    return (ScheduleGame){.game_id = g->game_id,
                          .game_date = g->game_date,
                          .season_year = s->season_year,
                          .official_id = g->official_id,
                          .home_team = g->home_team,
                          .away_team = g->away_team,
                          .tip_off = g->tip_off};
}

RawSchedule
raw_schedule(const FeedSchedule *schedule, Arena *a)
{
    size_t n = schedule->games_count, kept = 0, rejected = 0;
    ScheduleGame *all = arena_array(a, n, sizeof *all), *rows = arena_array(a, n, sizeof *rows);
    ScheduleGame **sorted = arena_array(a, n, sizeof *sorted);
    RawRejection *rejections = arena_array(a, n, sizeof *rejections);

    for (size_t i = 0; i < n; i++) {
        all[i] = schedule_game(schedule, &schedule->games[i]);
        sorted[i] = &all[i];
    }
    if (n > 0)
        qsort(sorted, n, sizeof *sorted, by_schedule_key);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && strcmp(rows[kept - 1].game_id, sorted[i]->game_id) == 0)
            rejections[rejected++] = (RawRejection){.entity = sorted[i]->game_id, .reason = "duplicate"};
        else
            rows[kept++] = *sorted[i];
    }
    return (RawSchedule){.rows = rows, .count = kept, .rejected = {rejections, rejected}};
}

/* ---- box scores */

static RawBoxscore
boxscore(const FeedBoxscores *p, const FeedBoxscoreRow *r)
{
    return (RawBoxscore){
        .game_date = p->game_date,
        .game_id = p->game_id,
        .team = r->team,
        .player_name = r->player_name,
        .opponent = r->opponent,
        .is_scheduled = p->is_scheduled ? BOOL_TRUE : BOOL_FALSE,
        .won = r->won,
        .minutes = r->minutes,
        .fg_makes = r->fg_makes,
        .fg_attempts = r->fg_attempts,
        .three_makes = r->three_makes,
        .three_attempts = r->three_attempts,
        .ft_makes = r->ft_makes,
        .ft_attempts = r->ft_attempts,
        .offensive_rebounds = r->offensive_rebounds,
        .defensive_rebounds = r->defensive_rebounds,
        .assists = r->assists,
        .steals = r->steals,
        .blocks = r->blocks,
        .turnovers = r->turnovers,
        .personal_fouls = r->personal_fouls,
        .points = r->points,
    };
}

static int
compare_boxscore_keys(const RawBoxscore *a, const RawBoxscore *b)
{
    int order = (a->game_date.days > b->game_date.days) - (a->game_date.days < b->game_date.days);

    if (order == 0)
        order = strcmp(a->game_id, b->game_id);
    if (order == 0)
        order = strcmp(a->team, b->team);
    return order != 0 ? order : strcmp(a->player_name, b->player_name);
}

static int
by_boxscore_key(const void *x, const void *y)
{
    const RawBoxscore *const *a = x, *const *b = y;
    int order = compare_boxscore_keys(*a, *b);

    return order != 0 ? order : (*a > *b) - (*a < *b); /* both stand in one array: the earlier first */
}

/* Every row of every part, in the order of the parts. */
static RawBoxscore *
all_boxscores(const FeedBoxscores *parts, size_t part_count, Arena *a, size_t *count)
{
    PartRef *refs = arena_array(a, part_count, sizeof *refs);
    RawBoxscore *all;

    *count = 0;
    for (size_t i = 0; i < part_count; i++) {
        refs[i] = part_ref(parts[i].game_id, "", parts[i].part_id, &parts[i]);
        *count += parts[i].rows_count;
    }
    sort_parts(refs, part_count);
    all = arena_array(a, *count, sizeof *all);
    for (size_t i = 0, n = 0; i < part_count; i++) {
        const FeedBoxscores *p = refs[i].event;

        for (size_t r = 0; r < p->rows_count; r++)
            all[n++] = boxscore(p, &p->rows[r]);
    }
    return all;
}

RawBoxscores
raw_boxscores(const FeedBoxscores *parts, size_t count, Arena *a)
{
    size_t n, kept = 0, rejected = 0;
    RawBoxscore *all = all_boxscores(parts, count, a, &n), *rows = arena_array(a, n, sizeof *rows);
    RawBoxscore **sorted = arena_array(a, n, sizeof *sorted);
    RawRejection *rejections = arena_array(a, n, sizeof *rejections);

    for (size_t i = 0; i < n; i++)
        sorted[i] = &all[i];
    if (n > 0)
        qsort(sorted, n, sizeof *sorted, by_boxscore_key);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && compare_boxscore_keys(&rows[kept - 1], sorted[i]) == 0) {
            rejections[rejected++] = (RawRejection){
                .entity = arena_printf(a, "%s %s %s", sorted[i]->game_id, sorted[i]->team, sorted[i]->player_name),
                .reason = "duplicate",
            };
        } else {
            rows[kept++] = *sorted[i];
        }
    }
    return (RawBoxscores){.rows = rows, .count = kept, .rejected = {rejections, rejected}};
}

/* ---- shots */

static RawShot
shot(const FeedShots *p, const FeedShotRow *r, int32_t shot_no)
{
    return (RawShot){
        .game_date = p->game_date,
        .game_id = p->game_id,
        .shot_no = shot_no,
        .is_scheduled = p->is_scheduled ? BOOL_TRUE : BOOL_FALSE,
        .team = r->team,
        .player_id = r->player_id,
        .player_name = r->player_name,
        .made = r->made ? BOOL_TRUE : BOOL_FALSE,
        .is_three = r->is_three ? BOOL_TRUE : BOOL_FALSE,
        .area = r->area,
        .action_type = r->action_type,
        .loc_x = r->loc_x,
        .loc_y = r->loc_y,
        .distance_ft = r->distance_ft,
        .quarter = r->quarter,
        .seconds_left = r->seconds_left,
    };
}

RawShots
raw_shots(const FeedShots *parts, size_t count, Arena *a)
{
    PartRef *refs = arena_array(a, count, sizeof *refs);
    size_t total = 0, n = 0;
    int32_t next = 1;
    RawShot *rows;

    for (size_t i = 0; i < count; i++) {
        refs[i] = part_ref(parts[i].game_id, "", parts[i].part_id, &parts[i]);
        total += parts[i].rows_count;
    }
    sort_parts(refs, count);
    rows = arena_array(a, total, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        const FeedShots *p = refs[i].event;

        next = first_number(refs, i, next);
        for (size_t r = 0; r < p->rows_count; r++)
            rows[n++] = shot(p, &p->rows[r], next++);
    }
    return (RawShots){.rows = rows, .count = n};
}

/* ---- prop lines */

static RawPropLine
prop_line(const FeedProps *p, const FeedPropRow *r, int32_t row_no)
{
    return (RawPropLine){
        .game_date = p->game_date,
        .game_id = p->game_id,
        .bookmaker = p->bookmaker,
        .row_no = row_no,
        .is_scheduled = p->is_scheduled ? BOOL_TRUE : BOOL_FALSE,
        .player_name = r->player_name,
        .market = r->market,
        .side = r->side,
        .line = r->line,
        .price = r->price,
        .commence_time = r->commence_time,
        .posted_at = r->posted_at,
    };
}

RawPropLines
raw_prop_lines(const FeedProps *parts, size_t count, Arena *a)
{
    PartRef *refs = arena_array(a, count, sizeof *refs);
    size_t total = 0, n = 0;
    int32_t next = 1;
    RawPropLine *rows;

    for (size_t i = 0; i < count; i++) {
        refs[i] = part_ref(parts[i].game_id, parts[i].bookmaker, parts[i].part_id, &parts[i]);
        total += parts[i].rows_count;
    }
    sort_parts(refs, count);
    rows = arena_array(a, total, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        const FeedProps *p = refs[i].event;

        next = first_number(refs, i, next);
        for (size_t r = 0; r < p->rows_count; r++)
            rows[n++] = prop_line(p, &p->rows[r], next++);
    }
    return (RawPropLines){.rows = rows, .count = n};
}

/* ---- injury reports */

static RawInjuryReport
injury_report(const FeedInjuries *p, const FeedInjuryRow *r)
{
    return (RawInjuryReport){
        .game_date = p->game_date,
        .team = r->team,
        .player_name = r->player_name,
        .game_id = p->game_id,
        .is_scheduled = p->is_scheduled ? BOOL_TRUE : BOOL_FALSE,
        .status = r->status,
        .reason = r->reason,
        .report_time = r->report_time,
    };
}

static bool
is_same_player(const RawInjuryReport *a, const RawInjuryReport *b)
{
    return strcmp(a->team, b->team) == 0 && strcmp(a->player_name, b->player_name) == 0;
}

/* report_no still is the place in the source. */
static int
by_player_and_time(const void *x, const void *y)
{
    const RawInjuryReport *a = x, *b = y;
    int order = strcmp(a->team, b->team);

    if (order == 0)
        order = strcmp(a->player_name, b->player_name);
    if (order == 0)
        order = (a->report_time.us > b->report_time.us) - (a->report_time.us < b->report_time.us);
    return order != 0 ? order : (a->report_no > b->report_no) - (a->report_no < b->report_no);
}

RawInjuryReports
raw_injury_reports(const FeedInjuries *parts, size_t count, Arena *a)
{
    PartRef *refs = arena_array(a, count, sizeof *refs);
    size_t total = 0, n = 0;
    RawInjuryReport *rows;

    for (size_t i = 0; i < count; i++) {
        refs[i] = part_ref(parts[i].game_id, "", parts[i].part_id, &parts[i]);
        total += parts[i].rows_count;
    }
    sort_parts(refs, count);
    rows = arena_array(a, total, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        const FeedInjuries *p = refs[i].event;

        for (size_t r = 0; r < p->rows_count; r++, n++) {
            rows[n] = injury_report(p, &p->rows[r]);
            rows[n].report_no = (int32_t)n;
        }
    }
    if (n > 0)
        qsort(rows, n, sizeof *rows, by_player_and_time);
    for (size_t i = 0; i < n; i++)
        rows[i].report_no = i > 0 && is_same_player(&rows[i - 1], &rows[i]) ? rows[i - 1].report_no + 1 : 1;
    return (RawInjuryReports){.rows = rows, .count = n};
}

/* ---- lines of games */

static RawGameLine
game_line(const FeedGameLines *p, const FeedGameLineRow *r, int32_t row_no)
{
    return (RawGameLine){
        .game_date = p->game_date,
        .game_id = p->game_id,
        .row_no = row_no,
        .is_scheduled = p->is_scheduled ? BOOL_TRUE : BOOL_FALSE,
        .bookmaker = r->bookmaker,
        .market = r->market,
        .outcome = r->outcome,
        .point = r->point,
        .price = r->price,
        .snapshot_time = r->snapshot_time,
        .commence_time = r->commence_time,
    };
}

RawGameLines
raw_game_lines(const FeedGameLines *parts, size_t count, Arena *a)
{
    PartRef *refs = arena_array(a, count, sizeof *refs);
    size_t total = 0, n = 0;
    int32_t next = 1;
    RawGameLine *rows;

    for (size_t i = 0; i < count; i++) {
        refs[i] = part_ref(parts[i].game_id, "", parts[i].part_id, &parts[i]);
        total += parts[i].rows_count;
    }
    sort_parts(refs, count);
    rows = arena_array(a, total, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        const FeedGameLines *p = refs[i].event;

        next = first_number(refs, i, next);
        for (size_t r = 0; r < p->rows_count; r++)
            rows[n++] = game_line(p, &p->rows[r], next++);
    }
    return (RawGameLines){.rows = rows, .count = n};
}

/* ---- what collect rejected */

RawRejections
raw_feed_rejections(const FeedRejection *rejected, size_t count, Arena *a)
{
    RawRejection *items = arena_array(a, count, sizeof *items);

    for (size_t i = 0; i < count; i++) {
        items[i].entity = feed_rejection_place(&rejected[i], a);
        items[i].reason = feed_rejection_reason(&rejected[i], a);
    }
    return (RawRejections){.items = items, .count = count};
}
