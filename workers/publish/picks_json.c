/*
 * workers/publish/picks_json.c
 *    The picks file of a date.
 */
#include "workers/publish/picks_json.h"

#include "workers/publish/json_out.h"

static json_t *
group_json(const SubsetDef *subset, const PickDay *day, const PickDays *past, Arena *a)
{
    SubsetRecord record = subset_record(subset, past, day->date, date_add(day->date, -1), a);
    Selection selected = subset_select(subset, day, a);
    json_t *group = json_object();
    json_t *picks = json_array();

    for (size_t i = 0; i < selected.count; i++)
        json_push(picks, json_pick(selected.picks[i]));
    json_put(group, "id", json_text(subset->public_id));
    json_put(group, "name", json_text(subset->name));
    json_put(group, "record", json_record(&record));
    json_put(group, "picks", picks);
    return group;
}

static json_t *
pick_json(const Pick *p)
{
    json_t *o = json_object();

    json_put(o, "player", json_text(p->player));
    json_put(o, "player_lookup", json_text(p->player_lookup));
    json_put(o, "team", json_text(p->team));
    json_put(o, "opponent", json_text(p->opponent));
    json_put(o, "prediction", json_points(p->predicted_points));
    json_put(o, "line", json_points(p->line));
    json_put(o, "direction", json_text(p->side));
    json_put(o, "edge", json_hundredths(p->edge));
    json_put(o, "confidence", json_hundredths(p->confidence_pct));
    json_put(o, "recommendation", json_text(p->recommendation));
    json_put(o, "is_recommended", json_boolean(pick_is_recommended(p)));
    json_put(o, "is_actionable", json_boolean(p->is_actionable));
    json_put(o, "sportsbook", json_text(p->book));
    return o;
}

/* The recommended ones or the leans, best first; returns how many. */
static size_t
push_picks(json_t *picks, const PickDay *day, bool recommended)
{
    size_t n = 0;

    for (size_t i = 0; i < day->count; i++) {
        const Pick *p = &day->picks[i];

        if (p->side == NULL || pick_is_recommended(p) != recommended)
            continue;
        json_push(picks, pick_json(p));
        n++;
    }
    return n;
}

static json_t *
counts_json(size_t picks, size_t recommended, size_t predictions)
{
    json_t *o = json_object();

    json_put(o, "picks", json_integer((json_int_t)picks));
    json_put(o, "recommended", json_integer((json_int_t)recommended));
    json_put(o, "predictions", json_integer((json_int_t)predictions));
    return o;
}

/* "live", "replayed" or "mixed": when the predictions were made. */
static const char *
made_when(const PickDay *day)
{
    size_t live = 0;

    for (size_t i = 0; i < day->count; i++)
        live += day->picks[i].is_live;
    if (live == 0)
        return "replayed";
    return live == day->count ? "live" : "mixed";
}

const char *
picks_json(const PickDay *day, const PickDays *past, const char *system, Arena *a)
{
    json_t *root = json_object();
    json_t *groups = json_array();
    json_t *picks = json_array();
    size_t recommended = push_picks(picks, day, true);
    size_t leans = push_picks(picks, day, false);

    for (size_t i = 0; i < SUBSET_COUNT; i++)
        json_push(groups, group_json(&subset_table[i], day, past, a));
    json_put(root, "date", json_date(day->date));
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "made", json_text(made_when(day)));
    json_put(root, "signal", json_text(signal_public_name(day->signal)));
    json_put(root, "counts", counts_json(recommended + leans, recommended, day->count));
    json_put(root, "groups", groups);
    json_put(root, "picks", picks);
    return json_render(root, a);
}
