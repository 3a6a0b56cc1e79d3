/*
 * workers/publish/subsets_json.c
 *    The files about groups and signals.
 */
#include "workers/publish/subsets_json.h"
#include <string.h>
#include "workers/publish/json_out.h"

const char *
subsets_json(const char *system, Arena *a)
{
    json_t *root = json_object();
    json_t *groups = json_array();

    for (size_t i = 0; i < SUBSET_COUNT; i++) {
        json_t *o = json_object();

        json_put(o, "id", json_text(subset_table[i].public_id));
        json_put(o, "name", json_text(subset_table[i].name));
        json_put(o, "description", json_text(subset_table[i].description));
        json_push(groups, o);
    }
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "groups", groups);
    return json_render(root, a);
}

static json_t *
stats_json(const Tally *t)
{
    json_t *o = json_object();

    json_put(o, "hit_rate", json_points(tally_hit_pct(t)));
    json_put(o, "roi", json_points(tally_roi_pct(t)));
    json_put(o, "picks", json_int(t->picks));
    json_put(o, "wins", json_int(t->wins));
    json_put(o, "losses", json_int(t->losses));
    json_put(o, "pushes", json_int(t->pushes));
    json_put(o, "voids", json_int(t->voids));
    return o;
}

static json_t *
window_json(const PickDays *days, GameDate from, GameDate to, Arena *a)
{
    json_t *o = json_object();
    json_t *groups = json_array();

    for (size_t i = 0; i < SUBSET_COUNT; i++) {
        const Tally t = subset_tally_between(&subset_table[i], days, from, to, a);
        json_t *group = json_object();

        json_put(group, "id", json_text(subset_table[i].public_id));
        json_put(group, "name", json_text(subset_table[i].name));
        json_put(group, "stats", stats_json(&t));
        json_push(groups, group);
    }
    json_put(o, "start_date", json_date(from));
    json_put(o, "end_date", json_date(to));
    json_put(o, "groups", groups);
    return o;
}

const char *
subsets_performance_json(const PickDays *days, GameDate through, const char *system, Arena *a)
{
    json_t *root = json_object();
    json_t *windows = json_object();

    json_put(windows, "last_7_days", window_json(days, date_add(through, -6), through, a));
    json_put(windows, "last_30_days", window_json(days, date_add(through, -29), through, a));
    json_put(windows, "season", window_json(days, record_season_start(through), through, a));
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "windows", windows);
    return json_render(root, a);
}

static const char *
conditions(const SystemSignal *s)
{
    static const struct {
        const char *stored, *shown;
    } words[] = {{"UNDER_HEAVY", "under_heavy"}, {"BALANCED", "balanced"}, {"OVER_HEAVY", "over_heavy"}};

    for (size_t i = 0; s != NULL && i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].stored, s->skew_category) == 0)
            return words[i].shown;
    return "unknown";
}

static DailySignal
signal_of(const SystemSignal *s)
{
    static const DailySignal all[] = {SIGNAL_GREEN, SIGNAL_YELLOW, SIGNAL_RED};

    for (size_t i = 0; s != NULL && i < ARRAY_LEN(all); i++)
        if (strcmp(signal_name(all[i]), s->daily_signal) == 0)
            return all[i];
    return SIGNAL_UNKNOWN;
}

const char *
signal_json(const SystemSignal *signal, GameDate date, const char *system, Arena *a)
{
    json_t *root = json_object();
    json_t *metrics = json_object();

    json_put(metrics, "conditions", json_text(conditions(signal)));
    json_put(metrics, "picks", json_int(signal == NULL ? NULL_I32 : signal->total_picks));
    json_put(root, "date", json_date(date));
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "signal", json_text(signal_public_name(signal_of(signal))));
    json_put(root, "metrics", metrics);
    if (signal == NULL)
        json_put(root, "note", json_text("fewer than 10 predictions have a line"));
    return json_render(root, a);
}
