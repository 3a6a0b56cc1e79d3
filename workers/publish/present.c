/*
 * workers/publish/present.c
 *    Finding a player's rows, and what they say of his form.
 */
#include "workers/publish/present.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare_dates(GameDate x, GameDate y)
{
    return (x.days > y.days) - (x.days < y.days);
}

static int
compare_games(const void *a, const void *b)
{
    const PlayerGame *x = a;
    const PlayerGame *y = b;
    int order = strcmp(x->player_lookup, y->player_lookup);

    return order != 0 ? order : compare_dates(x->game_date, y->game_date);
}

static int
compare_graded(const void *a, const void *b)
{
    const PredictionAccuracy *x = a;
    const PredictionAccuracy *y = b;
    int order = strcmp(x->player_lookup, y->player_lookup);

    return order != 0 ? order : compare_dates(x->game_date, y->game_date);
}

static int
compare_predictions(const void *a, const void *b)
{
    const Prediction *x = a;
    const Prediction *y = b;

    return strcmp(x->player_lookup, y->player_lookup);
}

size_t
present_keep_active(Prediction *predictions, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (predictions[i].is_active == BOOL_TRUE)
            predictions[n++] = predictions[i];
    if (n > 1)
        qsort(predictions, n, sizeof *predictions, compare_predictions);
    return n;
}

size_t
present_keep_played(PlayerGame *games, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (games[i].minutes > 0)
            games[n++] = games[i];
    return n;
}

void
present_sort(PlayerGame *games, size_t game_count, PredictionAccuracy *graded, size_t graded_count)
{
    if (game_count > 1)
        qsort(games, game_count, sizeof *games, compare_games);
    if (graded_count > 1)
        qsort(graded, graded_count, sizeof *graded, compare_graded);
}

/* The first of count sorted items that is not below the wanted one. */
static size_t
lower_bound(const void *items, size_t count, size_t size, const void *wanted,
            int (*compare)(const void *, const void *))
{
    size_t from = 0;

    while (from < count) {
        const size_t middle = from + (count - from) / 2;

        if (compare((const char *)items + middle * size, wanted) < 0)
            from = middle + 1;
        else
            count = middle;
    }
    return from;
}

static const GameDate first_day = {INT32_MIN}, no_day_after = {INT32_MAX};

PlayerGames
games_of(const Present *p, const char *player_lookup, GameDate before)
{
    const PlayerGame first = {.player_lookup = player_lookup, .game_date = first_day};
    const PlayerGame end = {.player_lookup = player_lookup, .game_date = date_is_null(before) ? no_day_after : before};
    const size_t from = lower_bound(p->games, p->game_count, sizeof *p->games, &first, compare_games);
    const size_t to = lower_bound(p->games, p->game_count, sizeof *p->games, &end, compare_games);

    return (PlayerGames){p->games + from, to - from};
}

PlayerGraded
graded_of(const Present *p, const char *player_lookup, GameDate before)
{
    const PredictionAccuracy first = {.player_lookup = player_lookup, .game_date = first_day};
    const PredictionAccuracy end = {.player_lookup = player_lookup,
                                    .game_date = date_is_null(before) ? no_day_after : before};
    const size_t from = lower_bound(p->graded, p->graded_count, sizeof *p->graded, &first, compare_graded);
    const size_t to = lower_bound(p->graded, p->graded_count, sizeof *p->graded, &end, compare_graded);

    return (PlayerGraded){p->graded + from, to - from};
}

const PredictionAccuracy *
graded_game(PlayerGraded graded, GameDate date)
{
    for (size_t i = graded.count; i-- > 0;)
        if (date_equal(graded.items[i].game_date, date))
            return &graded.items[i];
    return NULL;
}

static int
compare_caches(const void *a, const void *b)
{
    const PlayerCache *x = a;
    const PlayerCache *y = b;

    return strcmp(x->player_lookup, y->player_lookup);
}

const Prediction *
prediction_of(const Present *p, const char *player_lookup)
{
    const Prediction wanted = {.player_lookup = player_lookup};

    return p->prediction_count == 0
               ? NULL
               : bsearch(&wanted, p->predictions, p->prediction_count, sizeof *p->predictions, compare_predictions);
}

const PlayerCache *
cache_of(const Present *p, const char *player_lookup)
{
    const PlayerCache wanted = {.player_lookup = player_lookup};

    return p->cache_count == 0 ? NULL : bsearch(&wanted, p->caches, p->cache_count, sizeof *p->caches, compare_caches);
}

char
against_line(const PlayerGame *game, const PredictionAccuracy *graded)
{
    if (graded == NULL || f64_is_null(graded->line_value))
        return '-';
    if (game->points > graded->line_value)
        return 'O';
    return game->points < graded->line_value ? 'U' : 'P';
}

Streak
line_streak(PlayerGames games, PlayerGraded graded)
{
    Streak s = {'-', 0};

    for (size_t i = games.count; i-- > 0;) {
        const char side = against_line(&games.items[i], graded_game(graded, games.items[i].game_date));

        if (side == '-')
            continue;
        if (side == 'P' || (s.side != '-' && side != s.side))
            break;
        s.side = side;
        s.count++;
    }
    return s;
}
