/*
 * tests/unit/test_feature_properties.c
 *    What must hold whatever the season looks like: holes by a slow second implementation, quality
 *    that never falls when a source gets better, and rows that neither order nor the future moves.
 */
#include "precompute_season.h"
#include "same_rows.h"
#include "workers/features/feature_store_core.h"
#include "workers/features/quality.h"

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 16;
}

static bool
one_in(uint32_t *seed, uint32_t n)
{
    return next_random(seed) % n == 0;
}

/* ---- a season with everything that happens: missing and broken box scores, trades, games sat out ---- */

static void
break_box_scores(Season *s, uint32_t *seed)
{
    for (size_t i = 0; i < s->rows.offense_count; i++) {
        if (one_in(seed, 12))
            s->offense[i].is_complete = BOOL_FALSE;
        if (one_in(seed, 25)) /* not there at all */
            s->offense[i].season_year = 1999;
    }
}

static void
move_players(Season *s, uint32_t *seed)
{
    for (int p = 0; p < TEAMS * SQUAD; p++) {
        size_t count;
        PlayerGame **games = games_of(s, arena_printf(s->arena, "player%02d", p), &count);
        const char *team = NULL;

        for (size_t i = 0; i < count; i++) {
            if (one_in(seed, 15))
                team = team_names[next_random(seed) % TEAMS];
            if (team != NULL)
                games[i]->team = team;
            if (one_in(seed, 6)) /* sat out, without a line */
                games[i]->player_lookup = "someoneelse";
            else if (one_in(seed, 10)) { /* sat out, with one */
                games[i]->minutes = 0;
                games[i]->points = 0;
            }
        }
    }
}

static void
disturb(Season *s, uint32_t seed)
{
    break_box_scores(s, &seed);
    move_players(s, &seed);
}

/* ---- holes, slowly ---- */

/* Was he with the team on that day? Between two of his games, either's. */
static bool
is_his_team(const LeaguePlayer *p, const char *today, const char *team, GameDate date)
{
    size_t older = 0; /* his newest game on or before the date */

    while (older < p->game_count && date_before(date, p->games[older]->game_date))
        older++;
    if (older < p->game_count && strcmp(p->games[older]->team, team) == 0)
        return true;
    if (older < p->game_count && date_equal(p->games[older]->game_date, date))
        return false;
    return strcmp(older == 0 ? today : p->games[older - 1]->team, team) == 0;
}

static bool
has_complete_box_score(const Season *s, const ScheduleGame *g, const char *team)
{
    for (size_t i = 0; i < s->rows.offense_count; i++) {
        const TeamOffense *o = &s->offense[i];

        if (o->season_year == 2024 && strcmp(o->game_id, g->game_id) == 0 && strcmp(o->team, team) == 0)
            return o->is_complete == BOOL_TRUE;
    }
    return false;
}

static bool
has_played_on(const LeaguePlayer *p, GameDate date)
{
    for (size_t i = 0; i < p->game_count; i++) {
        if (date_equal(p->games[i]->game_date, date) && p->games[i]->minutes > 0)
            return true;
    }
    return false;
}

/* Every game of the season's schedule, for both of its teams. */
static size_t
slow_holes(const Season *s, const LeaguePlayer *p, const char *today, const ScheduleGame **out)
{
    size_t n = 0;

    for (size_t i = 0; i < s->rows.schedule_count; i++) {
        const ScheduleGame *g = &s->schedule[i];
        const char *sides[] = {g->home_team, g->away_team};

        for (size_t k = 0; k < 2; k++) {
            if (date_before(g->game_date, s->date) && is_his_team(p, today, sides[k], g->game_date)
                && !has_complete_box_score(s, g, sides[k]) && !has_played_on(p, g->game_date))
                out[n++] = g;
        }
    }
    return n;
}

static size_t
newer_than(const PlayerHistory *h, const ScheduleGame *hole, const ScheduleGame *const *holes, size_t hole_count)
{
    size_t newer = 0;

    for (size_t i = 0; i < h->played_count; i++)
        newer += date_before(hole->game_date, h->played[i]->game_date);
    for (size_t i = 0; i < hole_count; i++)
        newer += date_before(hole->game_date, holes[i]->game_date)
                 || (date_equal(hole->game_date, holes[i]->game_date) && strcmp(holes[i]->game_id, hole->game_id) > 0);
    return newer;
}

static void
assert_history(const Season *s, const LeagueView *v, const LeaguePlayer *p)
{
    const char *today = v->teams[p->game_count % v->team_count].team; /* any: a player may have moved since */
    const ScheduleGame *slow[2 * GAMES];
    const PlayerHistory h = player_history(v, p, today, s->arena);
    const size_t count = slow_holes(s, p, today, slow);
    size_t in_ten = 0;

    assert_int_equal(h.hole_count, count);
    for (size_t i = 0; i < count; i++) {
        bool is_there = false;

        for (size_t k = 0; k < h.hole_count; k++)
            is_there = is_there || h.holes[k] == slow[i];
        assert_true(is_there);
        in_ten += newer_than(&h, slow[i], slow, count) < 10;
    }
    for (size_t k = 1; k < h.hole_count; k++)
        assert_false(date_before(h.holes[k - 1]->game_date, h.holes[k]->game_date));
    assert_int_equal(history_newest(&h, 10).expected - history_newest(&h, 10).used, in_ten);
    assert_int_equal(history_newest(&h, 10).expected,
                     h.played_count + count < 10 ? h.played_count + count : (size_t)10);
}

static void
holes_are_those_of_a_slow_second_implementation(void **state)
{
    Season *s = *state;
    size_t holes = 0;

    for (uint32_t seed = 1; seed <= 25; seed++) {
        const LeagueView *v;

        if (seed > 1) {
            (void)teardown(state);
            (void)setup(state);
        }
        disturb(s, seed);
        v = league_view(&s->rows, s->date, s->arena);
        for (size_t i = 0; i < v->player_count; i++)
            assert_history(s, v, &v->players[i]);
        holes += v->hole_count;
    }
    assert_true(holes > 500); /* the season was disturbed indeed */
}

/* ---- quality ---- */

static const char *const tier_names[] = {"critical", "poor", "bronze", "silver", "gold"};
static const char *const level_names[] = {"red", "yellow", "green"};

static size_t
rank(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    fail_msg("no %s", name);
    return 0;
}

static void
assert_not_lower(const char *what, double before, double after)
{
    if (after < before - 1e-12)
        fail_msg("%s fell from %g to %g", what, before, after);
}

static void
assert_not_worse(const FeatureRow *before, const FeatureRow *after, bool is_required)
{
    assert_not_lower("score", before->feature_quality_score, after->feature_quality_score);
    assert_not_lower("effective score", before->effective_quality_score, after->effective_quality_score);
    assert_not_lower("matchup", before->matchup_quality_pct, after->matchup_quality_pct);
    assert_not_lower("history", before->player_history_quality_pct, after->player_history_quality_pct);
    assert_not_lower("team", before->team_context_quality_pct, after->team_context_quality_pct);
    assert_not_lower("vegas", before->vegas_quality_pct, after->vegas_quality_pct);
    assert_not_lower("game", before->game_context_quality_pct, after->game_context_quality_pct);
    if (is_required)
        assert_not_lower("worst category", before->worst_category_pct, after->worst_category_pct);
    assert_true(rank(after->quality_tier, tier_names, 5) >= rank(before->quality_tier, tier_names, 5));
    assert_true(rank(after->matchup_quality_tier, tier_names, 5) >= rank(before->matchup_quality_tier, tier_names, 5));
    assert_true(rank(after->game_context_quality_tier, tier_names, 5)
                >= rank(before->game_context_quality_tier, tier_names, 5));
    assert_true(rank(after->quality_alert_level, level_names, 3) >= rank(before->quality_alert_level, level_names, 3));
    assert_true(after->is_quality_ready >= before->is_quality_ready);
    assert_true(after->is_training_ready >= before->is_training_ready);
    assert_true(after->critical_features_training_quality >= before->critical_features_training_quality);
    assert_true(after->has_composite_factors >= before->has_composite_factors);
    assert_true(after->has_opponent_defense >= before->has_opponent_defense);
    assert_true(after->default_feature_count <= before->default_feature_count);
    assert_true(after->required_default_count <= before->required_default_count);
    assert_true(after->training_quality_feature_count >= before->training_quality_feature_count);
}

/* Better: it weighs as much or more, and whoever could be known still can. What could not be known at
 * all can only become known in full, since a doubtful value may be less than nobody's fault. */
static bool
is_better(FeatureSource from, FeatureSource to)
{
    const FeatureSourceSpec *a = &feature_source_table[from], *b = &feature_source_table[to];

    if (!a->counts_in_effective_mean)
        return b->weight == 100;
    return b->counts_in_effective_mean && b->weight >= a->weight && b->counts_as_default <= a->counts_as_default;
}

static void
a_better_source_never_lowers_anything(void **state)
{
    Season *s = *state;
    uint32_t seed = 11;
    int compared = 0;

    for (int round = 0; round < 20000; round++) {
        const uint32_t faults = 2 + next_random(&seed) % 30;
        const int i = (int)(next_random(&seed) % FEATURE_COUNT);
        const FeatureSource to = (FeatureSource)(next_random(&seed) % FEATURE_SOURCE_COUNT);
        FeatureSource sources[FEATURE_COUNT];
        FeatureRow before = feature_row_null(), after = feature_row_null();

        for (int f = 0; f < FEATURE_COUNT; f++)
            sources[f] = one_in(&seed, faults) ? (FeatureSource)(next_random(&seed) % FEATURE_SOURCE_COUNT)
                                               : FEATURE_SOURCE_PHASE4;
        if (!is_better(sources[i], to))
            continue;
        quality_fill(sources, s->arena, &before);
        sources[i] = to;
        quality_fill(sources, s->arena, &after);
        assert_not_worse(&before, &after, feature_contract[i].is_required);
        compared++;
    }
    assert_true(compared > 4000);
}

/* ---- rows ---- */

static const char *const every_feed[] = {"schedule", "boxscores", "shots", "props", "injuries", NULL};

static FeatureStoreResult
features_of(Season *s)
{
    const Morning m = morning(s);
    /* A copy: gaps point into it, and the season's rows are shuffled. */
    UpcomingPlayer *players = arena_array(s->arena, s->upcoming_count, sizeof players[0]);
    const FeatureInputs in = {
        .view = league_view(&s->rows, s->date, s->arena),
        .players = players,
        .player_count = s->upcoming_count,
        .caches = m.caches.rows,
        .cache_count = m.caches.count,
        .composites = m.composites.rows,
        .composite_count = m.composites.count,
        .player_zones = m.zones.rows,
        .player_zone_count = m.zones.count,
        .team_zones = m.teams.rows,
        .team_zone_count = m.teams.count,
        .skipped = m.caches.skipped,
        .skipped_count = m.caches.skipped_count,
        .feeds = every_feed,
    };
    FeatureStoreResult r;

    memcpy(players, s->upcoming, s->upcoming_count * sizeof players[0]);
    feature_store_compute(&in, s->arena, &r);
    return r;
}

static void
assert_same_features(Season *s, const FeatureStoreResult *before)
{
    const FeatureStoreResult now = features_of(s);
    const char *column = rows_differ(&feature_row_table, before->rows, before->row_count, now.rows, now.row_count);

    if (column != NULL)
        fail_msg("%s differs", column);
    assert_int_equal(now.gap_count, before->gap_count);
    for (size_t i = 0; i < now.gap_count; i++) {
        assert_string_equal(now.gaps[i].player->player_lookup, before->gaps[i].player->player_lookup);
        assert_int_equal(now.gaps[i].reason, before->gaps[i].reason);
        assert_string_equal(now.gaps[i].subject, before->gaps[i].subject);
        assert_true(same_text(now.gaps[i].detail, before->gaps[i].detail));
    }
}

static void
computing_again_gives_the_same_rows_to_the_last_bit(void **state)
{
    Season *s = *state;
    FeatureStoreResult before;

    disturb(s, 3);
    before = features_of(s);
    assert_int_equal(before.row_count, MAX_UPCOMING);
    assert_true(before.gap_count > 0);
    assert_same_features(s, &before);
}

static void
swap_rows(void *rows, size_t x, size_t y, size_t size)
{
    unsigned char *bytes = rows;

    for (size_t i = 0; i < size; i++) {
        const unsigned char swap = bytes[x * size + i];

        bytes[x * size + i] = bytes[y * size + i];
        bytes[y * size + i] = swap;
    }
}

static void
shuffle_rows(void *rows, size_t count, size_t size, uint32_t *seed)
{
    for (size_t i = count; i > 1; i--)
        swap_rows(rows, i - 1, next_random(seed) % i, size);
}

static void
order_of_the_rows_changes_no_bit_of_a_feature(void **state)
{
    Season *s = *state;
    FeatureStoreResult sorted;

    disturb(s, 5);
    sorted = features_of(s);
    for (uint32_t seed = 1; seed <= 5; seed++) {
        uint32_t random = seed;

        shuffle_rows(s->schedule, s->rows.schedule_count, sizeof s->schedule[0], &random);
        shuffle_rows(s->player_games, s->rows.player_game_count, sizeof s->player_games[0], &random);
        shuffle_rows(s->offense, s->rows.offense_count, sizeof s->offense[0], &random);
        shuffle_rows(s->defense, s->rows.defense_count, sizeof s->defense[0], &random);
        shuffle_rows(s->upcoming, s->upcoming_count, sizeof s->upcoming[0], &random);
        assert_same_features(s, &sorted);
    }
}

static void
outcomes_on_or_after_the_date_change_no_bit_of_a_feature(void **state)
{
    Season *s = *state;
    uint32_t seed = 17;
    FeatureStoreResult before;

    disturb(s, 7);
    before = features_of(s);
    for (size_t i = 0; i < s->rows.player_game_count; i++) {
        if (!date_before(s->player_games[i].game_date, s->date)) {
            s->player_games[i].points = 99;
            s->player_games[i].team = team_names[next_random(&seed) % TEAMS];
        }
    }
    for (size_t i = 0; i < s->rows.offense_count; i++) {
        if (!date_before(s->offense[i].game_date, s->date))
            s->offense[i].is_complete = BOOL_FALSE;
        if (!date_before(s->defense[i].game_date, s->date))
            s->defense[i].points_allowed = 999;
    }
    for (size_t i = 0; i < s->rows.schedule_count; i++) {
        if (date_before(s->date, s->schedule[i].game_date))
            s->schedule[i].game_date = date_add(s->schedule[i].game_date, 1);
    }
    assert_same_features(s, &before);
}

/* Shots of BOS's opponent in its newest game are missing: whoever meets BOS today is told. */
static void
a_game_without_the_opponents_shots_is_a_gap_of_those_who_meet_the_team(void **state)
{
    Season *s = *state;
    FeatureStoreResult r;
    const char *game_id = team_game(s, "BOS", MORNING_ROUND - 1)->game_id;

    for (size_t i = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        if (strcmp(d->team, "BOS") == 0 && strcmp(d->game_id, game_id) == 0)
            d->paint_attempts = d->mid_attempts = d->three_attempts = NULL_I32;
    }
    r = features_of(s);
    assert_int_equal(r.gap_count, SQUAD);
    for (size_t i = 0; i < r.gap_count; i++) {
        assert_string_equal(r.gaps[i].player->opponent, "BOS");
        assert_string_equal(r.gaps[i].subject, game_id);
        assert_string_equal(r.gaps[i].detail, "opponent_zones_L15");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SEASON_TEST(holes_are_those_of_a_slow_second_implementation),
        SEASON_TEST(a_better_source_never_lowers_anything),
        SEASON_TEST(computing_again_gives_the_same_rows_to_the_last_bit),
        SEASON_TEST(order_of_the_rows_changes_no_bit_of_a_feature),
        SEASON_TEST(outcomes_on_or_after_the_date_change_no_bit_of_a_feature),
        SEASON_TEST(a_game_without_the_opponents_shots_is_a_gap_of_those_who_meet_the_team),
    };

    return cmocka_run_group_tests_name("feature_properties", tests, NULL, NULL);
}
