/*
 * tests/unit/leak_world.h
 *    A season that can be changed in one place, and the pre_game rows and predictions of a date computed from it.
 *
 * From raw rows through the real cores, as the workers do it, but with everything at hand: outcomes of all
 * dates and the whole schedule. What a core must not know is kept from it by nobody else here.
 */
#ifndef TIPOFF_TESTS_LEAK_WORLD_H
#define TIPOFF_TESTS_LEAK_WORLD_H

#include <math.h>
#include "libcore/io/db_table.h"
#include "real_season.h"
#include "workers/analytics/game_summaries_core.h"
#include "workers/analytics/upcoming_context_core.h"
#include "workers/features/feature_store_core.h"
#include "workers/features/player_similarity_core.h"
#include "workers/precompute/composite_factors_core.h"
#include "workers/precompute/daily_cache_core.h"
#include "workers/precompute/player_shot_zone_core.h"
#include "workers/precompute/team_defense_zone_core.h"
#include "workers/predictions/predictor_core.h"

enum { WORLD_DATES_MAX = 366, WORLD_CHANGES_MAX = 2, CELL_SETS_MAX = 16 };

/* One date's raw rows, and what was made of its outcomes. */
typedef struct {
    GameDate date;
    RealDate raw;
    const GameSummaries *summaries;
} Day;

/* days: those of the schedule, oldest first. */
typedef struct {
    RealSeason feeds;
    Day *days;
    size_t day_count;
} Season;

/* The season with a change: another schedule, and other rows of a date or two. */
typedef struct {
    const Season *season;
    Arena *arena;
    ScheduleGame *schedule;
    size_t schedule_count;
    Day changed[WORLD_CHANGES_MAX];
    size_t changed_count;
    const char *what; /* the change in words */

    /* for facts of a date that carry a time */
    const UpcomingContext *before; /* its rows without the change */
    bool is_late;                  /* at tip-off or later */
} World;

/* The rows of a date's pre_game cells, a set a table and processor, always in the same order. */
typedef struct {
    RowSet sets[CELL_SETS_MAX];
    size_t count;
    Instant context_as_of, features_as_of;
    const UpcomingContext *context;
} CellRows;

typedef struct {
    uint8_t hash[SHA256_LEN]; /* of the row hashes */
    size_t rows;
} SetDigest;

typedef struct {
    SetDigest sets[CELL_SETS_MAX];
    size_t count;
    Instant context_as_of, features_as_of;
} CellDigest;

/* ---- the season ---- */

static inline const GameSummaries *
summarise(GameDate date, const RealDate *raw, const ScheduleGame *schedule, size_t schedule_count, Arena *a)
{
    const GameFacts facts = {.date = date,
                             .box = raw->box,
                             .box_count = raw->box_count,
                             .shots = raw->shots,
                             .shot_count = raw->shot_count,
                             .schedule = schedule,
                             .schedule_count = schedule_count};

    return game_summaries(&facts, a);
}

static inline int
day_cmp(const void *x, const void *y)
{
    return ((const Day *)x)->date.days - ((const Day *)y)->date.days;
}

static inline Season *
season_load(RealSeason feeds, Arena *a)
{
    Season *s = arena_alloc(a, sizeof *s);

    s->feeds = feeds;
    s->days = arena_array(a, WORLD_DATES_MAX, sizeof s->days[0]);
    for (size_t i = 0; i < feeds.schedule_count; i++) {
        size_t k = 0;

        while (k < s->day_count && !date_equal(s->days[k].date, feeds.schedule[i].game_date))
            k++;
        s->days[k].date = feeds.schedule[i].game_date;
        s->day_count = k < s->day_count ? s->day_count : k + 1;
    }
    qsort(s->days, s->day_count, sizeof s->days[0], day_cmp);
    for (size_t i = 0; i < s->day_count; i++) {
        Day *d = &s->days[i];

        d->raw = real_date(&feeds, d->date, a);
        d->summaries = summarise(d->date, &d->raw, feeds.schedule, feeds.schedule_count, a);
    }
    return s;
}

/* ---- the world ---- */

static inline World
world_of(const Season *s, Arena *a)
{
    World w = {.season = s, .arena = a, .schedule_count = s->feeds.schedule_count};

    w.schedule = arena_array(a, w.schedule_count + 1, sizeof w.schedule[0]); /* room for one more */
    memcpy(w.schedule, s->feeds.schedule, w.schedule_count * sizeof w.schedule[0]);
    return w;
}

static inline void *
copy_with_room(const void *rows, size_t count, size_t size, Arena *a)
{
    void *out = arena_array(a, 2 * count + 2, size);

    if (count > 0)
        memcpy(out, rows, count * size);
    return out;
}

/* A copy of the day's raw rows to change; each kind has room for as many again, and two. */
static inline RealDate *
world_change(World *w, size_t day)
{
    const Day *from = &w->season->days[day];
    Day *to = &w->changed[w->changed_count++];

    *to = *from;
    to->raw.box = copy_with_room(from->raw.box, from->raw.box_count, sizeof from->raw.box[0], w->arena);
    to->raw.shots = copy_with_room(from->raw.shots, from->raw.shot_count, sizeof from->raw.shots[0], w->arena);
    to->raw.lines = copy_with_room(from->raw.lines, from->raw.line_count, sizeof from->raw.lines[0], w->arena);
    to->raw.reports = copy_with_room(from->raw.reports, from->raw.report_count, sizeof from->raw.reports[0], w->arena);
    to->raw.game_lines = copy_with_room(from->raw.game_lines, from->raw.game_line_count, sizeof from->raw.game_lines[0],
                                        w->arena);
    return &to->raw;
}

static inline const Day *
world_day(const World *w, size_t day)
{
    for (size_t i = 0; i < w->changed_count; i++)
        if (date_equal(w->changed[i].date, w->season->days[day].date))
            return &w->changed[i];
    return &w->season->days[day];
}

static inline void
add_rows(void *all, size_t *count, const void *rows, size_t more, size_t size)
{
    if (more > 0)
        memcpy((unsigned char *)all + *count * size, rows, more * size);
    *count += more;
}

static inline LeagueRows
world_rows(const World *w)
{
    size_t players = 0, teams = 0;
    LeagueRows out = {.schedule = w->schedule, .schedule_count = w->schedule_count};
    PlayerGame *player_games;
    TeamOffense *offense;
    TeamDefense *defense;

    for (size_t i = 0; i < w->season->day_count; i++) {
        players += world_day(w, i)->summaries->player_count;
        teams += world_day(w, i)->summaries->offense_count;
    }
    out.player_games = player_games = arena_array(w->arena, players, sizeof player_games[0]);
    out.offense = offense = arena_array(w->arena, teams, sizeof offense[0]);
    out.defense = defense = arena_array(w->arena, teams, sizeof defense[0]);
    for (size_t i = 0; i < w->season->day_count; i++) {
        const GameSummaries *s = world_day(w, i)->summaries;

        add_rows(player_games, &out.player_game_count, s->players, s->player_count, sizeof player_games[0]);
        add_rows(offense, &out.offense_count, s->offense, s->offense_count, sizeof offense[0]);
        add_rows(defense, &out.defense_count, s->defense, s->defense_count, sizeof defense[0]);
    }
    return out;
}

/* ---- a date's cells ---- */

static inline void
add_set(CellRows *c, const TableDesc *t, const void *rows, size_t count)
{
    c->sets[c->count++] = (RowSet){.table = t, .rows = rows, .count = count};
}

/* Gaps are in no described table: as entities with a reason they can be hashed like those that are skipped. */
static inline void
add_gaps(CellRows *c, const FeatureStoreResult *r, Arena *a)
{
    SkippedEntity *rows = arena_array(a, r->gap_count, sizeof rows[0]);

    for (size_t i = 0; i < r->gap_count; i++)
        rows[i] = (SkippedEntity){.game_date = r->gaps[i].player->game_date,
                                  .processor = r->gaps[i].subject,
                                  .entity = r->gaps[i].player->player_lookup,
                                  .reason = gap_reason_names[r->gaps[i].reason],
                                  .detail = r->gaps[i].detail};
    add_set(c, &skipped_entity_table, rows, r->gap_count);
}

static inline void
add_precompute(CellRows *c, const LeagueView *v, FeatureInputs *f, Arena *a)
{
    TeamZoneResult teams;
    PlayerZoneResult zones;
    PlayerCompositeResult composites;
    PlayerCacheResult caches;
    CompositeInputs composite_in = {.upcoming = f->players, .upcoming_count = f->player_count};
    CacheInputs cache_in = {.upcoming = f->players, .upcoming_count = f->player_count};
    SkippedEntity *skipped;

    team_defense_zone_compute(v, a, &teams);
    player_shot_zone_compute(v, a, &zones);
    composite_in.team_zones = f->team_zones = teams.rows;
    composite_in.team_zone_count = f->team_zone_count = teams.count;
    composite_in.player_zones = cache_in.player_zones = f->player_zones = zones.rows;
    composite_in.player_zone_count = cache_in.player_zone_count = f->player_zone_count = zones.count;
    composite_factors_compute(v, &composite_in, a, &composites);
    daily_cache_compute(v, &cache_in, a, &caches);
    f->composites = composites.rows;
    f->composite_count = composites.count;
    f->caches = caches.rows;
    f->cache_count = caches.count;
    f->skipped = skipped = arena_array(a, teams.skipped_count + zones.skipped_count + caches.skipped_count,
                                       sizeof skipped[0]);
    add_rows(skipped, &f->skipped_count, teams.skipped, teams.skipped_count, sizeof skipped[0]);
    add_rows(skipped, &f->skipped_count, zones.skipped, zones.skipped_count, sizeof skipped[0]);
    add_rows(skipped, &f->skipped_count, caches.skipped, caches.skipped_count, sizeof skipped[0]);
    add_set(c, &team_zone_table, teams.rows, teams.count);
    add_set(c, &skipped_entity_table, teams.skipped, teams.skipped_count);
    add_set(c, &player_zone_table, zones.rows, zones.count);
    add_set(c, &skipped_entity_table, zones.skipped, zones.skipped_count);
    add_set(c, &player_composite_table, composites.rows, composites.count);
    add_set(c, &player_cache_table, caches.rows, caches.count);
    add_set(c, &skipped_entity_table, caches.skipped, caches.skipped_count);
}

static inline const FeatureRow *
features_of(const FeatureStoreResult *f, const UpcomingPlayer *p)
{
    for (size_t i = 0; i < f->row_count; i++)
        if (strcmp(f->rows[i].player_lookup, p->player_lookup) == 0)
            return &f->rows[i];
    return NULL;
}

/* What the systems that need no trained model say of everybody who has features; similar: a row a player. */
static inline void
add_predictions(CellRows *c, const FeatureInputs *in, const FeatureStoreResult *f, const PlayerSimilarity *similar,
                Arena *a)
{
    const PredictorRun run = {.champion = prediction_systems[SYSTEM_MOVING_AVERAGE].id,
                              .version = 1,
                              .mode = RUN_BACKFILL,
                              .batch_id = "batch",
                              .now = {1800000000000000}};
    Prediction *all = arena_array(a, in->player_count * PREDICTION_SYSTEM_COUNT + 1, sizeof *all);
    size_t count = 0;

    for (size_t i = 0; i < in->player_count; i++) {
        const PredictorFacts facts = {&in->players[i], features_of(f, &in->players[i]), &similar[i]};
        PredictorResult made;
        Err err;

        if (facts.features == NULL)
            continue;
        if (!predictor_rows(&facts, &run, a, &made, &err))
            fail_msg("%s", err.msg);
        add_rows(all, &count, made.rows, made.count, sizeof *all);
    }
    add_set(c, &prediction_table, all, count);
}

/* All pre_game cells of a date up to the features, and what is predicted from them. */
static inline CellRows
world_cells(const World *w, size_t day)
{
    static const char *const feeds[] = {"schedule", "boxscores", "shots", "props", "injuries", "game_lines", NULL};
    const Day *today = world_day(w, day);
    const LeagueRows rows = world_rows(w);
    const LeagueView *v = league_view(&rows, today->date, w->arena);
    const UpcomingFacts facts = {.view = v,
                                 .lines = today->raw.lines,
                                 .line_count = today->raw.line_count,
                                 .reports = today->raw.reports,
                                 .report_count = today->raw.report_count,
                                 .game_lines = today->raw.game_lines,
                                 .game_line_count = today->raw.game_line_count};
    const UpcomingContext *u = upcoming_context(&facts, w->arena);
    FeatureInputs in = {.view = v, .players = u->players, .player_count = u->player_count, .feeds = feeds};
    FeatureStoreResult features = {.gap_count = 0};
    CellRows out = {.context_as_of = u->as_of, .context = u};
    const PlayerSimilarity *similar;

    add_set(&out, &upcoming_player_table, u->players, u->player_count);
    add_set(&out, &upcoming_team_table, u->teams, u->team_count);
    add_set(&out, &unresolved_name_table, u->unresolved, u->unresolved_count);
    if (league_is_early_season(v)) {
        feature_store_placeholders(in.players, in.player_count, w->arena, &features);
    } else {
        add_precompute(&out, v, &in, w->arena);
        feature_store_compute(&in, w->arena, &features);
        similar = player_similarity_compute(v, in.players, in.player_count, w->arena);
        add_set(&out, &player_similarity_table, similar, in.player_count);
        add_predictions(&out, &in, &features, similar, w->arena);
    }
    add_set(&out, &feature_row_table, features.rows, features.row_count);
    add_set(&out, &skipped_entity_table, features.skipped, features.skipped_count);
    add_gaps(&out, &features, w->arena);
    out.features_as_of = features.as_of;
    return out;
}

static inline SetDigest
set_digest(const RowSet *s, Arena *a)
{
    SetDigest out = {.rows = s->count};
    uint8_t *hashes = arena_array(a, s->count, SHA256_LEN);

    for (size_t i = 0; i < s->count; i++)
        table_row_hash(s->table, (const unsigned char *)s->rows + i * s->table->row_size, hashes + i * SHA256_LEN);
    sha256((Bytes){.data = hashes, .len = s->count * SHA256_LEN}, out.hash);
    return out;
}

static inline CellDigest
cells_digest(const CellRows *c, Arena *a)
{
    CellDigest out = {.count = c->count, .context_as_of = c->context_as_of, .features_as_of = c->features_as_of};

    for (size_t i = 0; i < c->count; i++)
        out.sets[i] = set_digest(&c->sets[i], a);
    return out;
}

/* The first table whose rows are not those of the digest, or "as_of"; NULL when all is as it was. */
static inline const char *
moved_table(const CellDigest *before, const CellRows *now, Arena *a)
{
    for (size_t i = 0; i < now->count; i++) {
        const SetDigest d = set_digest(&now->sets[i], a);

        if (before->count != now->count || before->sets[i].rows != d.rows
            || memcmp(before->sets[i].hash, d.hash, SHA256_LEN) != 0)
            return now->sets[i].table->name;
    }
    if (before->context_as_of.us != now->context_as_of.us || before->features_as_of.us != now->features_as_of.us)
        return "as_of";
    return NULL;
}

#endif
