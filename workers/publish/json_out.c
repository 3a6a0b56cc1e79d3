/*
 * workers/publish/json_out.c
 *    jansson behind a few constructors that know our NULLs and our rounding.
 */
#include "workers/publish/json_out.h"

#include <assert.h>
#include "workers/predictions/systems.h"

void
json_put(json_t *object, const char *key, json_t *value)
{
    int failed = json_object_set_new(object, key, value);

    assert(failed == 0);
    (void)failed;
}

void
json_push(json_t *array, json_t *value)
{
    int failed = json_array_append_new(array, value);

    assert(failed == 0);
    (void)failed;
}

json_t *
json_text(const char *s)
{
    return s == NULL ? json_null() : json_string(s);
}

json_t *
json_date(GameDate d)
{
    char text[DATE_TEXT_LEN];

    return date_is_null(d) ? json_null() : json_string(date_format(d, text));
}

json_t *
json_instant(Instant t)
{
    char text[INSTANT_TEXT_LEN];

    return instant_is_null(t) ? json_null() : json_string(instant_format(t, text));
}

json_t *
json_count(size_t n)
{
    return json_integer((json_int_t)n);
}

json_t *
json_int(int32_t v)
{
    return i32_is_null(v) ? json_null() : json_integer(v);
}

/* Adding zero turns -0 into 0. */
static json_t *
rounded(double v, double per_unit)
{
    return f64_is_null(v) ? json_null() : json_real(round(v * per_unit) / per_unit + 0.0);
}

json_t *
json_points(double v)
{
    return rounded(v, 10.0);
}

json_t *
json_hundredths(double v)
{
    return rounded(v, 100.0);
}

json_t *
json_thousandths(double v)
{
    return rounded(v, 1000.0);
}

json_t *
json_pct(int64_t part, int64_t whole)
{
    return whole == 0 ? json_null() : json_points(100.0 * (double)part / (double)whole);
}

json_t *
json_tri(TriBool v)
{
    return v == BOOL_NULL ? json_null() : json_boolean(v == BOOL_TRUE);
}

json_t *
json_pick(const Pick *p)
{
    json_t *o = json_object();

    json_put(o, "player", json_text(p->player));
    json_put(o, "team", json_text(p->team));
    json_put(o, "opponent", json_text(p->opponent));
    json_put(o, "prediction", json_points(p->predicted_points));
    json_put(o, "line", json_points(p->line));
    json_put(o, "direction", json_text(p->recommendation));
    return o;
}

static json_t *
wins_and_losses(int32_t wins, int32_t losses)
{
    json_t *o = json_object();

    json_put(o, "wins", json_int(wins));
    json_put(o, "losses", json_int(losses));
    json_put(o, "pct", json_pct(wins, (int64_t)wins + losses));
    return o;
}

static json_t *
window(const Tally *t)
{
    json_t *o = wins_and_losses(t->wins, t->losses);

    json_put(o, "live", wins_and_losses(t->live_wins, t->live_losses));
    return o;
}

json_t *
json_record(const SubsetRecord *r)
{
    json_t *o = json_object();

    json_put(o, "season", window(&r->season));
    json_put(o, "month", window(&r->month));
    json_put(o, "week", window(&r->week));
    return o;
}

json_t *
json_model(const char *system)
{
    const PredictionSystem *row = prediction_system_by_id(system);

    return json_text(row == NULL ? NULL : row->public_code);
}

/* 12 significant digits show every rounded number as it is meant, without the tail of its binary
 * form. */
const char *
json_render(json_t *root, Arena *a)
{
    size_t flags = JSON_PRESERVE_ORDER | JSON_INDENT(1) | JSON_REAL_PRECISION(12);
    size_t len = json_dumpb(root, NULL, 0, flags);
    char *text = arena_alloc(a, len + 1);
    size_t written = json_dumpb(root, text, len, flags);

    assert(len > 0 && written == len);
    (void)written;
    json_decref(root);
    return text;
}
