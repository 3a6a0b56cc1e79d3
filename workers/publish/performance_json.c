/*
 * workers/publish/performance_json.c
 *    Daily figures of systems, summed over windows.
 */
#include "workers/publish/performance_json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "workers/publish/json_out.h"

typedef struct {
    int64_t predictions, graded, voided, recommendations, wins, losses, pushes;
    int64_t over, over_wins, under, under_wins, within_3, within_5;
    double absolute_error, signed_error; /* sums over graded */
} Sum;

static void
add_day(Sum *s, const SystemDaily *d)
{
    s->predictions += d->predictions_count;
    s->graded += d->graded_count;
    s->voided += d->voided_count;
    s->recommendations += d->recommendations_count;
    s->wins += d->correct_count;
    s->losses += d->incorrect_count;
    s->pushes += d->push_count;
    s->over += d->over_count;
    s->over_wins += d->over_correct;
    s->under += d->under_count;
    s->under_wins += d->under_correct;
    s->within_3 += d->within_3_count;
    s->within_5 += d->within_5_count;
    if (d->graded_count > 0) {
        s->absolute_error += d->mae * d->graded_count;
        s->signed_error += d->avg_bias * d->graded_count;
    }
}

/* Rows of a season, by system and date. */
typedef struct {
    const SystemDaily *const *rows;
    size_t count;
} Days;

static Sum
sum_of(const Days *d, const char *system, GameDate from)
{
    Sum s = {0};

    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->rows[i]->system_id, system) == 0 && !date_before(d->rows[i]->game_date, from))
            add_day(&s, d->rows[i]);
    return s;
}

static double
per_graded(double sum, const Sum *s)
{
    return s->graded == 0 ? NULL_F64 : sum / (double)s->graded;
}

static json_t *
side_json(int64_t picks, int64_t wins)
{
    json_t *o = json_object();

    json_put(o, "picks", json_integer(picks));
    json_put(o, "wins", json_integer(wins));
    return o;
}

static json_t *
window_json(const Sum *s, GameDate from, GameDate to)
{
    json_t *o = json_object();

    json_put(o, "start_date", json_date(from));
    json_put(o, "end_date", json_date(to));
    json_put(o, "predictions", json_integer(s->predictions));
    json_put(o, "graded", json_integer(s->graded));
    json_put(o, "voided", json_integer(s->voided));
    json_put(o, "recommendations", json_integer(s->recommendations));
    json_put(o, "wins", json_integer(s->wins));
    json_put(o, "losses", json_integer(s->losses));
    json_put(o, "pushes", json_integer(s->pushes));
    json_put(o, "win_rate", json_pct(s->wins, s->wins + s->losses));
    json_put(o, "mae", json_hundredths(per_graded(s->absolute_error, s)));
    json_put(o, "bias", json_hundredths(per_graded(s->signed_error, s)));
    json_put(o, "within_3_pct", json_pct(s->within_3, s->graded));
    json_put(o, "within_5_pct", json_pct(s->within_5, s->graded));
    json_put(o, "over", side_json(s->over, s->over_wins));
    json_put(o, "under", side_json(s->under, s->under_wins));
    return o;
}

typedef struct {
    const char *name;
    GameDate from;
} Window;

static json_t *
system_json(const Days *d, const char *system, const char *champion, const Window *windows, size_t window_count,
            GameDate to)
{
    json_t *o = json_object(), *by_window = json_object();

    for (size_t w = 0; w < window_count; w++) {
        const Sum s = sum_of(d, system, windows[w].from);

        json_put(by_window, windows[w].name, window_json(&s, windows[w].from, to));
    }
    json_put(o, "system_id", json_text(system));
    json_put(o, "display_name", json_model(system));
    json_put(o, "is_primary", json_boolean(strcmp(system, champion) == 0));
    json_put(o, "windows", by_window);
    return o;
}

static int
compare_rows(const void *a, const void *b)
{
    const SystemDaily *const *x = a;
    const SystemDaily *const *y = b;
    int order = strcmp((*x)->system_id, (*y)->system_id);

    return order != 0 ? order
                      : ((*x)->game_date.days > (*y)->game_date.days) - ((*x)->game_date.days < (*y)->game_date.days);
}

/* Who is nearest, and whose recommendations hit most, over the season; the first by id where several are equal. */
static json_t *
comparison_json(const Days *d, GameDate from)
{
    const char *nearest = NULL, *surest = NULL;
    double least = HUGE_VAL, most = -HUGE_VAL;
    json_t *o = json_object();

    for (size_t i = 0; i < d->count; i++) {
        const char *system = d->rows[i]->system_id;
        Sum s;
        double mae, rate;

        if (i > 0 && strcmp(system, d->rows[i - 1]->system_id) == 0)
            continue;
        s = sum_of(d, system, from);
        mae = per_graded(s.absolute_error, &s);
        rate = s.wins + s.losses > 0 ? (double)s.wins / (double)(s.wins + s.losses) : NULL_F64;
        if (mae < least) {
            least = mae;
            nearest = system;
        }
        if (rate > most) {
            most = rate;
            surest = system;
        }
    }
    json_put(o, "best_mae", json_text(nearest));
    json_put(o, "best_win_rate", json_text(surest));
    return o;
}

const char *
performance_json(const SystemDaily *rows, size_t count, const char *champion, Arena *a)
{
    const SystemDaily **sorted = arena_array(a, count + 1, sizeof *sorted);
    const Days days = {sorted, count};
    GameDate to, first;
    json_t *root, *systems;

    if (count == 0)
        return NULL;
    to = first = rows[0].game_date;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &rows[i];
        to = date_before(to, rows[i].game_date) ? rows[i].game_date : to;
        first = date_before(rows[i].game_date, first) ? rows[i].game_date : first;
    }
    qsort(sorted, count, sizeof *sorted, compare_rows);
    root = json_object();
    systems = json_array();
    {
        const Window windows[] = {
            {"last_7_days", date_add(to, -6)}, {"last_30_days", date_add(to, -29)}, {"season", first}};

        for (size_t i = 0; i < count; i++)
            if (i == 0 || strcmp(sorted[i]->system_id, sorted[i - 1]->system_id) != 0)
                json_push(systems, system_json(&days, sorted[i]->system_id, champion, windows, ARRAY_LEN(windows), to));
    }
    json_put(root, "as_of_date", json_date(to));
    json_put(root, "model", json_model(champion));
    json_put(root, "system", json_text(champion));
    json_put(root, "systems", systems);
    json_put(root, "comparison", comparison_json(&days, first));
    return json_render(root, a);
}
