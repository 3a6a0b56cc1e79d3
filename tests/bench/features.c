/*
 * tests/bench/features.c
 *    What a season's features cost outside the database, by phase.
 *
 * usage: features DIR [--json FILE]
 *
 * Reads the feeds in DIR into a season's summaries, which is not timed. Then every scheduled date is
 * computed as its cells would be: an index of the season's rows and a view of those before the date, the
 * date's context, the four precompute cores, features with their quality columns, games alike. CPU seconds of this one thread,
 * three times, each the sum over all dates.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/memory_season.h"
#include "workers/analytics/upcoming_context_core.h"
#include "workers/features/feature_store_core.h"
#include "workers/features/player_similarity_core.h"
#include "workers/features/quality.h"
#include "workers/league/league_index.h"
#include "workers/precompute/composite_factors_core.h"
#include "workers/precompute/daily_cache_core.h"
#include "workers/precompute/player_shot_zone_core.h"
#include "workers/precompute/team_defense_zone_core.h"

enum { REPETITIONS = 3 };

typedef enum {
    PHASE_INDEX,
    PHASE_VIEW,
    PHASE_UPCOMING,
    PHASE_TEAM_ZONES,
    PHASE_PLAYER_ZONES,
    PHASE_COMPOSITES,
    PHASE_CACHES,
    PHASE_FEATURES, /* with the quality columns */
    PHASE_SIMILARITY,
    PHASE_COUNT,
} Phase;

static const char *const phase_names[PHASE_COUNT] = {
    [PHASE_INDEX] = "index",
    [PHASE_VIEW] = "view",
    [PHASE_UPCOMING] = "upcoming_context",
    [PHASE_TEAM_ZONES] = "team_defense_zone",
    [PHASE_PLAYER_ZONES] = "player_shot_zone",
    [PHASE_COMPOSITES] = "player_composite_factors",
    [PHASE_CACHES] = "player_daily_cache",
    [PHASE_FEATURES] = "feature_store",
    [PHASE_SIMILARITY] = "player_similarity",
};

typedef struct {
    double seconds[PHASE_COUNT];
    double quality; /* part of PHASE_FEATURES: the quality columns, computed once more by themselves */
    size_t rows[PHASE_COUNT];
} Run;

/* What one date's cells read and wrote. */
typedef struct {
    LeagueIndex *index; /* of the season before the date */
    const LeagueView *view;
    const UpcomingContext *context;
    TeamZoneResult teams;
    PlayerZoneResult zones;
    PlayerCompositeResult composites;
    PlayerCacheResult caches;
    FeatureStoreResult features;
} Morning;

static double
cpu_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *const every_feed_but_injuries[] = {"schedule", "boxscores", "shots", "props", NULL};

/* ---- phases: each returns how many rows it made ---- */

/* A process keeps the index, and adds the date before to it. */
static size_t
extend_index(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    (void)a;
    if (d == s->dates)
        return 0;
    league_index_add(m->index, &d[-1].outcomes);
    return d[-1].outcomes.player_game_count;
}

static size_t
make_view(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    (void)s;
    m->view = league_index_view(m->index, d->date, a);
    return m->view->player_count;
}

static size_t
make_context(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    const UpcomingFacts facts = {.view = m->view, .lines = d->lines, .line_count = d->line_count};

    (void)s;
    m->context = upcoming_context(&facts, a);
    return m->context->player_count;
}

static size_t
make_team_zones(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    (void)s;
    (void)d;
    team_defense_zone_compute(m->view, a, &m->teams);
    return m->teams.count;
}

static size_t
make_player_zones(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    (void)s;
    (void)d;
    player_shot_zone_compute(m->view, a, &m->zones);
    return m->zones.count;
}

static size_t
make_composites(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    const CompositeInputs in = {.upcoming = m->context->players,
                                .upcoming_count = m->context->player_count,
                                .player_zones = m->zones.rows,
                                .player_zone_count = m->zones.count,
                                .team_zones = m->teams.rows,
                                .team_zone_count = m->teams.count};

    (void)s;
    (void)d;
    composite_factors_compute(m->view, &in, a, &m->composites);
    return m->composites.count;
}

static size_t
make_caches(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    const CacheInputs in = {.upcoming = m->context->players,
                            .upcoming_count = m->context->player_count,
                            .player_zones = m->zones.rows,
                            .player_zone_count = m->zones.count};

    (void)s;
    (void)d;
    daily_cache_compute(m->view, &in, a, &m->caches);
    return m->caches.count;
}

static size_t
make_features(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    const FeatureInputs in = {.view = m->view,
                              .players = m->context->players,
                              .player_count = m->context->player_count,
                              .caches = m->caches.rows,
                              .cache_count = m->caches.count,
                              .composites = m->composites.rows,
                              .composite_count = m->composites.count,
                              .player_zones = m->zones.rows,
                              .player_zone_count = m->zones.count,
                              .team_zones = m->teams.rows,
                              .team_zone_count = m->teams.count,
                              .feeds = every_feed_but_injuries};

    (void)s;
    (void)d;
    feature_store_compute(&in, a, &m->features);
    return m->features.row_count;
}

static size_t
make_similarity(const MemorySeason *s, const MemoryDate *d, Arena *a, Morning *m)
{
    (void)s;
    (void)d;
    (void)player_similarity_compute(m->view, m->context->players, m->context->player_count, a);
    return m->context->player_count;
}

static size_t (*const phases[PHASE_COUNT])(const MemorySeason *, const MemoryDate *, Arena *, Morning *) = {
    [PHASE_INDEX] = extend_index,
    [PHASE_VIEW] = make_view,
    [PHASE_UPCOMING] = make_context,
    [PHASE_TEAM_ZONES] = make_team_zones,
    [PHASE_PLAYER_ZONES] = make_player_zones,
    [PHASE_COMPOSITES] = make_composites,
    [PHASE_CACHES] = make_caches,
    [PHASE_FEATURES] = make_features,
    [PHASE_SIMILARITY] = make_similarity,
};

/* ---- measuring ---- */

/* What the quality columns of these rows cost by themselves. */
static double
quality_s(const FeatureStoreResult *r, Arena *a)
{
    FeatureSource(*sources)[FEATURE_COUNT] = arena_array(a, r->row_count + 1, sizeof *sources);
    FeatureRow *rows = arena_array(a, r->row_count + 1, sizeof *rows);
    double before;

    for (size_t i = 0; i < r->row_count; i++) {
        for (int f = 0; f < FEATURE_COUNT; f++) {
            if (!feature_source_parse(r->rows[i].feature_source.items[f], &sources[i][f]))
                abort();
        }
    }
    before = cpu_s();
    for (size_t i = 0; i < r->row_count; i++)
        quality_fill(sources[i], a, &rows[i]);
    return cpu_s() - before;
}

static Run
run_season(const MemorySeason *s)
{
    Run run = {0};
    Arena *a = arena_new(0), *kept = arena_new(0);
    Morning m = {
        .index = league_index_new(date_season_year(s->dates[0].date), s->rows.schedule, s->rows.schedule_count, kept)};

    for (size_t i = 0; i < s->date_count; i++) {
        for (int p = 0; p < PHASE_COUNT; p++) {
            double before = cpu_s();

            run.rows[p] += phases[p](s, &s->dates[i], a, &m);
            run.seconds[p] += cpu_s() - before;
        }
        run.quality += quality_s(&m.features, a);
        arena_reset(a);
    }
    arena_free(kept);
    arena_free(a);
    return run;
}

static double
total_s(const Run *run)
{
    double total = 0.0;

    for (int p = 0; p < PHASE_COUNT; p++)
        total += run->seconds[p];
    return total;
}

static int
double_cmp(const void *x, const void *y)
{
    const double *a = x;
    const double *b = y;

    return (*a > *b) - (*a < *b);
}

static double
median(double a, double b, double c)
{
    double v[] = {a, b, c};

    qsort(v, ARRAY_LEN(v), sizeof v[0], double_cmp);
    return v[1];
}

/* ---- what is printed ---- */

static void
print_line(const char *name, size_t rows, const double seconds[REPETITIONS], double of_total)
{
    (void)printf("%-34s %8zu", name, rows);
    for (int r = 0; r < REPETITIONS; r++)
        (void)printf(" %9.4f", seconds[r]);
    (void)printf(" %7.1f %%\n", 100.0 * median(seconds[0], seconds[1], seconds[2]) / of_total);
}

static void
print_table(const MemorySeason *s, const Run runs[REPETITIONS])
{
    double totals[REPETITIONS], without[REPETITIONS], quality[REPETITIONS], total;

    for (int r = 0; r < REPETITIONS; r++) {
        totals[r] = total_s(&runs[r]);
        quality[r] = runs[r].quality;
        without[r] = totals[r] - quality[r];
    }
    total = median(totals[0], totals[1], totals[2]);
    (void)printf("%zu dates, %zu player-games, CPU seconds of one core\n\n", s->date_count, s->rows.player_game_count);
    (void)printf("%-34s %8s %9s %9s %9s %9s\n", "phase", "rows", "first", "second", "third", "median of");
    for (int p = 0; p < PHASE_COUNT; p++) {
        const double seconds[] = {runs[0].seconds[p], runs[1].seconds[p], runs[2].seconds[p]};

        print_line(phase_names[p], runs[0].rows[p], seconds, total);
    }
    print_line("all", runs[0].rows[PHASE_FEATURES], totals, total);
    print_line("all, without quality columns", runs[0].rows[PHASE_FEATURES], without, total);
    print_line("quality columns", runs[0].rows[PHASE_FEATURES], quality, total);
}

static void
put_seconds(FILE *f, const char *name, const double seconds[REPETITIONS])
{
    (void)fprintf(f, "\"%s\": [%.6f, %.6f, %.6f]", name, seconds[0], seconds[1], seconds[2]);
}

static bool
write_json(const char *path, const MemorySeason *s, const Run runs[REPETITIONS])
{
    const double totals[] = {total_s(&runs[0]), total_s(&runs[1]), total_s(&runs[2])};
    const double quality[] = {runs[0].quality, runs[1].quality, runs[2].quality};
    FILE *f = fopen(path, "w");

    if (f == NULL)
        return false;
    (void)fprintf(f, "{\"dates\": %zu, \"player_games\": %zu, \"feature_rows\": %zu, \"cpu_seconds\": {", s->date_count,
                  s->rows.player_game_count, runs[0].rows[PHASE_FEATURES]);
    for (int p = 0; p < PHASE_COUNT; p++) {
        const double seconds[] = {runs[0].seconds[p], runs[1].seconds[p], runs[2].seconds[p]};

        put_seconds(f, phase_names[p], seconds);
        (void)fputs(", ", f);
    }
    put_seconds(f, "all", totals);
    (void)fputs(", ", f);
    put_seconds(f, "quality_columns", quality);
    (void)fputs("}}\n", f);
    return fclose(f) == 0;
}

int
main(int argc, char **argv)
{
    Arena *a = arena_new(0);
    MemorySeason season;
    Run runs[REPETITIONS];
    Err err;
    bool ok;

    if (argc != 2 && !(argc == 4 && strcmp(argv[2], "--json") == 0)) {
        (void)fputs("usage: features DIR [--json FILE]\n", stderr);
        return 2;
    }
    ok = memory_season_read(argv[1], a, &season, &err);
    if (!ok)
        (void)fprintf(stderr, "features: %s\n", err.msg);
    for (int r = 0; ok && r < REPETITIONS; r++)
        runs[r] = run_season(&season);
    if (ok)
        print_table(&season, runs);
    if (ok && argc == 4 && !write_json(argv[3], &season, runs)) {
        (void)fprintf(stderr, "features: cannot write %s: %s\n", argv[3], strerror(errno));
        ok = false;
    }
    arena_free(a);
    return ok ? 0 : 1;
}
