/*
 * workers/features/player_similarity_core.c
 *    Settings of past games, their likeness to a setting to come, and the points of those that are alike.
 */
#include "workers/features/player_similarity_core.h"

#include <math.h>
#include <string.h>

#include "workers/precompute/windows_core.h"

enum { RATING_GAMES = 15, RATING_LEAST = 5, TREND_GAMES = 5 };

/* ---- settings ---- */

DefenseTier
defense_tier(double defensive_rating)
{
    if (f64_is_null(defensive_rating))
        return DEFENSE_UNKNOWN;
    if (defensive_rating < 110.0)
        return DEFENSE_ELITE;
    return defensive_rating < 115.0 ? DEFENSE_AVERAGE : DEFENSE_WEAK;
}

PlayerTrend
player_trend(double points_avg_last_5, double points_avg_season)
{
    double above = points_avg_last_5 - points_avg_season;

    if (isnan(above))
        return FORM_UNKNOWN;
    if (above >= 3.0)
        return FORM_HOT;
    return above <= -3.0 ? FORM_COLD : FORM_NORMAL;
}

static int
rest_bucket(int32_t days)
{
    return days > 3 ? 3 : (int)days;
}

static int
by_distance(int x, int y, int same, int adjacent)
{
    int apart = x > y ? x - y : y - x;

    if (apart == 0)
        return same;
    return apart == 1 ? adjacent : 0;
}

int
similarity_score(const GameSetting *x, const GameSetting *y)
{
    int score = x->is_home == y->is_home ? 15 : 0;

    if (x->opponent != DEFENSE_UNKNOWN && y->opponent != DEFENSE_UNKNOWN)
        score += by_distance((int)x->opponent, (int)y->opponent, 40, 20);
    if (!i32_is_null(x->days_rest) && !i32_is_null(y->days_rest))
        score += by_distance(rest_bucket(x->days_rest), rest_bucket(y->days_rest), 30, 15);
    return score + (x->trend != FORM_UNKNOWN && x->trend == y->trend ? 15 : 5);
}

/* ---- what a team's defence was worth, game by game ---- */

/* before[i]: over the 15 games that start with the team's i-th newest one, NULL_F64 where too few of
 * them are known; one more at the end, of no games. */
typedef struct {
    const LeagueTeam *team;
    double *before;
} TeamRatings;

static double
rating_from(const LeagueTeam *t, size_t first)
{
    size_t end = t->past_count - first < RATING_GAMES ? t->past_count : first + RATING_GAMES;
    WindowCount w = {.expected = (int32_t)(end - first)};
    MeanSum sum = {0};

    for (size_t i = end; i-- > first;) {
        if (!team_game_is_defense_known(&t->history[i]))
            continue;
        w.used++;
        mean_add(&sum, t->history[i].defense->defensive_rating);
    }
    return sum.count < RATING_LEAST ? NULL_F64 : window_value(w, mean_value(&sum));
}

static TeamRatings *
ratings_of(const LeagueView *v, Arena *a)
{
    TeamRatings *out = arena_array(a, v->team_count + 1, sizeof *out);

    for (size_t i = 0; i < v->team_count; i++) {
        const LeagueTeam *t = &v->teams[i];

        out[i] = (TeamRatings){t, arena_array(a, t->past_count + 1, sizeof(double))};
        for (size_t g = 0; g <= t->past_count; g++)
            out[i].before[g] = rating_from(t, g);
    }
    return out;
}

/* Over the team's games strictly before the date. */
static double
rating_before(const LeagueView *v, const TeamRatings *ratings, const char *team, GameDate date)
{
    const LeagueTeam *t = league_team(v, team);
    size_t low = 0, high;

    if (t == NULL)
        return NULL_F64;
    high = t->past_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (date_before(t->past[mid]->game_date, date))
            high = mid;
        else
            low = mid + 1;
    }
    return ratings[t - v->teams].before[low];
}

/* ---- a player's games and holes in one row ---- */

/* game NULL: a hole. The figures are over the slots from this one on, back to the season's first. */
typedef struct {
    const PlayerGame *game;
    GameDate date;
    double points;
    WindowCount season;
} Slot;

typedef struct {
    Slot *items; /* newest first; one more at the end, of no games */
    size_t count;
} Slots;

static Slots
slots_of(const PlayerHistory *h, Arena *a)
{
    Slots s = {arena_array(a, h->played_count + h->hole_count + 1, sizeof *s.items), h->played_count + h->hole_count};
    size_t played = 0, hole = 0;

    for (size_t i = 0; i < s.count; i++) {
        bool is_hole = hole < h->hole_count && history_hole_place(h, hole) == i;

        if (is_hole)
            s.items[i] = (Slot){.date = h->holes[hole++]->game_date};
        else
            s.items[i] = (Slot){.game = h->played[played], .date = h->played[played]->game_date};
        played += !is_hole;
    }
    s.items[s.count] = (Slot){0};
    for (size_t i = s.count; i-- > 0;) {
        const Slot *older = &s.items[i + 1];
        Slot *slot = &s.items[i];

        slot->points = older->points + (slot->game != NULL ? slot->game->points : 0);
        slot->season = (WindowCount){older->season.used + (slot->game != NULL), older->season.expected + 1};
    }
    return s;
}

/* Points a game of slots [from, until); NULL_F64 where too few of them are known, or none. */
static double
points_between(const Slots *s, size_t from, size_t until)
{
    const Slot *x = &s->items[from], *y = &s->items[until];
    const WindowCount w = {x->season.used - y->season.used, x->season.expected - y->season.expected};

    return w.used == 0 ? NULL_F64 : window_value(w, (x->points - y->points) / w.used);
}

/* He goes into a game on the date with slots[from] as the newest behind him. */
static GameSetting
setting_of(const Slots *s, size_t from, GameDate date, DefenseTier opponent, bool is_home)
{
    size_t last_5 = s->count - from < TREND_GAMES ? s->count : from + TREND_GAMES;
    bool is_rest_known = from < s->count && s->items[from].game != NULL;

    return (GameSetting){
        .opponent = opponent,
        .days_rest = is_rest_known ? date_diff(date, s->items[from].date) : NULL_I32,
        .is_home = is_home,
        .trend = player_trend(points_between(s, from, last_5), points_between(s, from, s->count)),
    };
}

/* ---- a player's row ---- */

/* The best games so far, in the order of their scores; of equal ones the newer comes first. */
typedef struct {
    int scores[SIMILAR_CANDIDATES];
    int32_t points[SIMILAR_CANDIDATES];
    int32_t count;
} SimilarGames;

static void
keep_game(SimilarGames *g, int score, int32_t points)
{
    int32_t at = g->count++;

    for (; at > 0 && g->scores[at - 1] < score; at--) {
        g->scores[at] = g->scores[at - 1];
        g->points[at] = g->points[at - 1];
    }
    g->scores[at] = score;
    g->points[at] = points;
}

static void
fill_figures(PlayerSimilarity *row, const SimilarGames *g)
{
    double weighted = 0.0, scores = 0.0, points = 0.0, squares = 0.0;

    for (int32_t i = 0; i < row->games; i++) {
        weighted += (double)g->points[i] * g->scores[i];
        scores += g->scores[i];
        points += g->points[i];
    }
    for (int32_t i = 0; i < row->games; i++) {
        double off = g->points[i] - points / row->games;

        squares += off * off;
    }
    row->baseline = weighted / scores;
    row->avg_score = scores / row->games;
    row->min_score = g->scores[row->games - 1];
    row->points_std = sqrt(squares / row->games);
}

static const char *const tier_names[] = {NULL, "elite", "average", "weak"};
static const char *const trend_names[] = {NULL, "cold", "normal", "hot"};

typedef struct {
    const LeagueView *view;
    const TeamRatings *ratings;
    Arena *arena;
} League;

static PlayerSimilarity
player_row(const League *l, const UpcomingPlayer *p)
{
    const LeagueView *v = l->view;
    const PlayerHistory h = player_history(v, league_player(v, p->player_lookup), p->team, l->arena);
    const Slots s = slots_of(&h, l->arena);
    const GameSetting next = setting_of(
        &s, 0, v->date, defense_tier(rating_before(v, l->ratings, p->opponent, v->date)), p->is_home == BOOL_TRUE);
    PlayerSimilarity row = player_similarity_null();
    WindowCount w = {0};
    SimilarGames alike = {.count = 0};

    for (size_t i = 0; i < s.count && i < SIMILAR_CANDIDATES && date_diff(v->date, s.items[i].date) <= SIMILAR_DAYS;
         i++) {
        const PlayerGame *g = s.items[i].game;
        GameSetting past;
        int score;

        w.expected++;
        if (g == NULL)
            continue;
        w.used++;
        past = setting_of(&s, i + 1, g->game_date,
                          defense_tier(rating_before(v, l->ratings, g->opponent, g->game_date)),
                          g->is_home == BOOL_TRUE);
        score = similarity_score(&past, &next);
        if (score >= SIMILAR_SCORE)
            keep_game(&alike, score, g->points);
    }
    row.game_date = v->date;
    row.player_lookup = p->player_lookup;
    row.games = alike.count < SIMILAR_MOST ? alike.count : SIMILAR_MOST;
    row.opponent_tier = tier_names[next.opponent];
    row.trend = trend_names[next.trend];
    row.days_rest = next.days_rest;
    row.window_used = w.used;
    row.window_expected = w.expected;
    if (w.expected == 0)
        row.reason = "no_history";
    else if (window_verdict(w) == WINDOW_SKIPPED)
        row.reason = "history_incomplete";
    else if (row.games < SIMILAR_LEAST)
        row.reason = "too_few_similar_games";
    else
        fill_figures(&row, &alike);
    return row;
}

PlayerSimilarity *
player_similarity_compute(const LeagueView *v, const UpcomingPlayer *players, size_t count, Arena *a)
{
    PlayerSimilarity *rows = arena_array(a, count + 1, sizeof *rows);
    const League league = {v, ratings_of(v, a), a};

    for (size_t i = 0; i < count; i++)
        rows[i] = player_row(&league, &players[i]);
    return rows;
}
