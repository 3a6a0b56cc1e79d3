/*
 * workers/publish/streaks_json.c
 *    Finding and ranking streaks.
 */
#include "workers/publish/streaks_json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "workers/publish/json_out.h"

enum { MIN_STREAK = 4, RECENT_DAYS = 14 };

/* What a graded game says of a kind of streak. */
typedef enum { GOES_ON, PASSED_OVER, ENDS } Step;

static bool
is_graded_with_line(const PredictionAccuracy *r)
{
    return r->is_voided == BOOL_FALSE && !f64_is_null(r->line_value);
}

static Step
step_over(const PredictionAccuracy *r)
{
    if (!is_graded_with_line(r))
        return PASSED_OVER;
    return r->actual_points > r->line_value ? GOES_ON : ENDS;
}

static Step
step_under(const PredictionAccuracy *r)
{
    if (!is_graded_with_line(r))
        return PASSED_OVER;
    return r->actual_points < r->line_value ? GOES_ON : ENDS;
}

static Step
step_hit(const PredictionAccuracy *r)
{
    if (strcmp(r->result, "hit") == 0)
        return GOES_ON;
    return strcmp(r->result, "miss") == 0 ? ENDS : PASSED_OVER;
}

static const struct {
    const char *name, *total, *longest;
    Step (*step)(const PredictionAccuracy *r);
} kinds[] = {
    {"over", "total_over_streaks", "longest_over", step_over},
    {"under", "total_under_streaks", "longest_under", step_under},
    {"prediction_hits", "total_prediction_streaks", "longest_prediction", step_hit},
};

typedef struct {
    PlayerGraded graded;
    size_t kind;
    size_t length;
} PlayerStreak;

static PlayerStreak
streak_of(PlayerGraded graded, size_t kind)
{
    PlayerStreak s = {.graded = graded, .kind = kind};

    for (size_t i = graded.count; i-- > 0;) {
        const Step step = kinds[kind].step(&graded.items[i]);

        if (step == ENDS)
            break;
        s.length += step == GOES_ON;
    }
    return s;
}

static int
compare_streaks(const void *a, const void *b)
{
    const PlayerStreak *x = a;
    const PlayerStreak *y = b;

    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return strcmp(x->graded.items[0].player_lookup, y->graded.items[0].player_lookup);
}

static json_t *
game_json(const PredictionAccuracy *r)
{
    json_t *o = json_object();

    json_put(o, "game_date", json_date(r->game_date));
    json_put(o, "opponent", json_text(r->opponent));
    json_put(o, "line", json_points(r->line_value));
    json_put(o, "actual", json_int(r->actual_points));
    return o;
}

static json_t *
streak_json(const PlayerStreak *s)
{
    const PredictionAccuracy *last = &s->graded.items[s->graded.count - 1];
    json_t *o = json_object(), *games = json_array();
    MeanSum margin = {0};

    for (size_t i = s->graded.count, left = s->length; i-- > 0 && left > 0;) {
        const PredictionAccuracy *r = &s->graded.items[i];

        if (kinds[s->kind].step(r) != GOES_ON)
            continue;
        json_push(games, game_json(r));
        mean_add(&margin, fabs(r->actual_points - r->line_value));
        left--;
    }
    json_put(o, "player_lookup", json_text(last->player_lookup));
    json_put(o, "player_full_name", json_text(last->player_name));
    json_put(o, "team", json_text(last->team));
    json_put(o, "streak_length", json_count(s->length));
    json_put(o, "avg_margin", json_points(mean_value(&margin)));
    json_put(o, "games", games);
    return o;
}

/* The streaks of one kind into both objects. */
static void
put_kind(const Present *p, size_t kind, GameDate as_of, Arena *a, json_t *streaks, json_t *summary)
{
    PlayerStreak *found = arena_array(a, p->graded_count + 1, sizeof *found);
    json_t *rows = json_array();
    size_t n = 0;

    for (size_t i = 0; i < p->graded_count;) {
        const PlayerGraded graded = graded_of(p, p->graded[i].player_lookup, GAME_DATE_NULL);
        const PlayerStreak s = streak_of(graded, kind);

        if (s.length >= MIN_STREAK && date_diff(as_of, graded.items[graded.count - 1].game_date) <= RECENT_DAYS)
            found[n++] = s;
        i += graded.count;
    }
    qsort(found, n, sizeof *found, compare_streaks);
    for (size_t i = 0; i < n; i++)
        json_push(rows, streak_json(&found[i]));
    json_put(streaks, kinds[kind].name, rows);
    json_put(summary, kinds[kind].total, json_count(n));
    json_put(summary, kinds[kind].longest, json_count(n > 0 ? found[0].length : 0));
}

const char *
streaks_json(const Present *p, Arena *a)
{
    GameDate as_of = GAME_DATE_NULL;
    json_t *root, *streaks, *summary;

    for (size_t i = 0; i < p->graded_count; i++)
        if (date_is_null(as_of) || date_before(as_of, p->graded[i].game_date))
            as_of = p->graded[i].game_date;
    if (date_is_null(as_of))
        return NULL;
    root = json_object();
    streaks = json_object();
    summary = json_object();
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
        put_kind(p, k, as_of, a, streaks, summary);
    json_put(root, "as_of_date", json_date(as_of));
    json_put(root, "model", json_model(p->system));
    json_put(root, "system", json_text(p->system));
    json_put(root, "min_streak_length", json_integer(MIN_STREAK));
    json_put(root, "streaks", streaks);
    json_put(root, "summary", summary);
    return json_render(root, a);
}
