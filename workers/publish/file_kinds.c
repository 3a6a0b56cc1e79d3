/*
 * workers/publish/file_kinds.c
 *    The table, and what the rows of simple kinds do.
 */
#include "workers/publish/file_kinds.h"
#include <assert.h>
#include <string.h>
#include "workers/publish/performance_json.h"
#include "workers/publish/players_json.h"
#include "workers/publish/season_json.h"
#include "workers/publish/streaks_json.h"
#include "workers/publish/subsets_json.h"
#include "workers/publish/tonight_json.h"
#define DATE_PLACE "{date}"

/* A kind of one file. */
static bool
only(ComposedFiles *out, const char *path, GameDate date, const char *body)
{
    if (body != NULL)
        composed_add(out, path, date, body);
    return true;
}

/* The newest dated file of a kind under a name that stays. Of several cells of a date, as in the export. */
static bool
newest(ExportData *d, ComposedFiles *out, const char *pattern, const char *path, Err *err)
{
    static const char sql[] = "select game_date, body from predictions.published_file where path like $1"
                              " and game_date <= $2 order by game_date desc, processor desc limit 1";
    const DbParam params[] = {db_text(pattern), db_date(d->today)};
    DbRows *rows;

    return db_exec(d->tx, sql, params, ARRAY_LEN(params), &rows, err)
           && (db_row_count(rows) == 0 || only(out, path, db_get_date(rows, 0, 0), db_get_text(rows, 0, 1)));
}

static bool
compose_predictions(ExportData *d, ComposedFiles *out, Err *err)
{
    return newest(d, out, "predictions/%", "predictions/today.json", err);
}

static bool
compose_best_bets(ExportData *d, ComposedFiles *out, Err *err)
{
    return newest(d, out, "best-bets/%", "best-bets/latest.json", err);
}

static bool
compose_results(ExportData *d, ComposedFiles *out, Err *err)
{
    return newest(d, out, "results/%", "results/latest.json", err);
}

static bool
compose_subsets(ExportData *d, ComposedFiles *out, Err *err)
{
    (void)err;
    return only(out, "systems/subsets.json", GAME_DATE_NULL, subsets_json(d->champion, out->a));
}

/* One file of all graded days, once there are some; its date is the last of them. */
static bool
of_graded_days(ExportData *d, ComposedFiles *out, const char *path,
               const char *(*json)(const PickDays *days, GameDate through, const char *system, Arena *a), Err *err)
{
    const PickDays *days;
    GameDate through;

    if (!export_graded(d, &days, err))
        return false;
    if (days->count == 0)
        return true;
    through = days->days[days->count - 1].date;
    return only(out, path, through, json(days, through, d->champion, out->a));
}

static bool
compose_performance(ExportData *d, ComposedFiles *out, Err *err)
{
    return of_graded_days(d, out, "subsets/performance.json", subsets_performance_json, err);
}

static bool
compose_season(ExportData *d, ComposedFiles *out, Err *err)
{
    return of_graded_days(d, out, "subsets/season.json", season_json, err);
}

static bool
compose_systems(ExportData *d, ComposedFiles *out, Err *err)
{
    const SystemDaily *rows;
    size_t count;

    return export_system_days(d, &rows, &count, err)
           && only(out, "systems/performance.json", GAME_DATE_NULL, performance_json(rows, count, d->champion, out->a));
}

static bool
compose_tonight(ExportData *d, ComposedFiles *out, Err *err)
{
    const Present *p;

    return export_present_data(d, &p, err) && only(out, "tonight/all-players.json", p->date, tonight_json(p, out->a));
}

static bool
compose_tonight_players(ExportData *d, ComposedFiles *out, Err *err)
{
    const Present *p;

    if (!export_present_data(d, &p, err))
        return false;
    for (size_t i = 0; i < p->player_count; i++)
        composed_add(out, arena_printf(out->a, "tonight/player/%s.json", p->players[i].player_lookup), p->date,
                     tonight_player_json(p, &p->players[i], out->a));
    return true;
}

static bool
compose_index(ExportData *d, ComposedFiles *out, Err *err)
{
    const Present *p;
    const char *const *players;
    size_t count;

    if (!export_present_data(d, &p, err))
        return false;
    players = graded_players(p, out->a, &count);
    return count == 0 || only(out, "players/index.json", GAME_DATE_NULL, players_index_json(p, players, count, out->a));
}

static bool
compose_players(ExportData *d, ComposedFiles *out, Err *err)
{
    const Present *p;
    const char *const *players;
    size_t count;

    if (!export_present_data(d, &p, err))
        return false;
    players = graded_players(p, out->a, &count);
    for (size_t i = 0; i < count; i++)
        composed_add(out, arena_printf(out->a, "players/%s.json", players[i]), GAME_DATE_NULL,
                     player_file_json(p, players[i], out->a));
    return true;
}

static bool
compose_streaks(ExportData *d, ComposedFiles *out, Err *err)
{
    const Present *p;

    return export_present_data(d, &p, err) && only(out, "streaks/today.json", GAME_DATE_NULL, streaks_json(p, out->a));
}

static bool
compose_status(ExportData *d, ComposedFiles *out, Err *err)
{
    ServiceState services[SERVICE_COUNT];
    const char *const *issues;
    size_t count;

    return export_services(d, services, err) && export_issues(d, &issues, &count, err)
           && only(out, "status.json", GAME_DATE_NULL,
                   status_json(services, SERVICE_COUNT, d->stale, d->stale_count, issues, count, out->a));
}

#define TONIGHT_READS                                                                                                  \
    (READS(PROC_UPCOMING_CONTEXT) | READS(PROC_PREDICTIONS) | READS(PROC_PLAYER_DAILY_CACHE)                           \
     | READS(PROC_PLAYER_COMPOSITE_FACTORS) | READS(PROC_RAW_PROPS) | READS(PROC_GAME_SUMMARIES)                       \
     | READS(PROC_GRADING))
#define PLAYER_READS (READS(PROC_UPCOMING_CONTEXT) | READS(PROC_GAME_SUMMARIES) | READS(PROC_GRADING))

const FileKind file_kinds[] = {
    {"picks", "picks/{date}.json", 300, 0, NULL},
    {"signals", "signals/{date}.json", 300, 0, NULL},
    {"predictions", "predictions/{date}.json", 3600, 0, NULL},
    {"best-bets", "best-bets/{date}.json", 86400, 0, NULL},
    {"results", "results/{date}.json", 86400, 0, NULL},
    {"predictions-latest", "predictions/today.json", 300, READS(PROC_PUBLISH_PICKS), compose_predictions},
    {"best-bets-latest", "best-bets/latest.json", 300, READS(PROC_PUBLISH_PICKS) | READS(PROC_PUBLISH_RESULTS),
     compose_best_bets},
    {"results-latest", "results/latest.json", 300, READS(PROC_PUBLISH_RESULTS), compose_results},
    {"subsets", "systems/subsets.json", 86400, 0, compose_subsets},
    {"subsets-season", "subsets/season.json", 3600, READS(PROC_GRADING), compose_season},
    {"subsets-performance", "subsets/performance.json", 3600, READS(PROC_GRADING), compose_performance},
    {"systems-performance", "systems/performance.json", 3600, READS(PROC_GRADING), compose_systems},
    {"tonight", "tonight/all-players.json", 300, TONIGHT_READS, compose_tonight},
    {"tonight-player", "tonight/player/{player}.json", 300, TONIGHT_READS, compose_tonight_players},
    {"players-index", "players/index.json", 3600, READS(PROC_GRADING), compose_index},
    {"player", "players/{player}.json", 3600, PLAYER_READS, compose_players},
    {"streaks", "streaks/today.json", 3600, READS(PROC_GRADING), compose_streaks},
    {"status", "status.json", 60, 0, compose_status, .is_every_export = true}, /* last: it says what is stale */
};
const size_t file_kind_count = ARRAY_LEN(file_kinds);

/* Where the date stands in a dated kind's path. */
static size_t
folder_len(const FileKind *k)
{
    const char *place = strstr(k->path, DATE_PLACE);

    assert(place != NULL);
    return (size_t)(place - k->path);
}

const FileKind *
dated_kind_of(const char *path)
{
    for (size_t i = 0; i < file_kind_count; i++)
        if (file_kinds[i].compose == NULL && strncmp(path, file_kinds[i].path, folder_len(&file_kinds[i])) == 0)
            return &file_kinds[i];
    return NULL;
}

const char *
dated_path(const char *kind, GameDate date, Arena *a)
{
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < file_kind_count; i++)
        if (file_kinds[i].compose == NULL && strcmp(file_kinds[i].name, kind) == 0)
            return arena_printf(a, "%.*s%s.json", (int)folder_len(&file_kinds[i]), file_kinds[i].path,
                                date_format(date, day));
    assert(false);
    return NULL;
}
