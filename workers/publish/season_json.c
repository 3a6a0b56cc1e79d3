/*
 * workers/publish/season_json.c
 *    The season file.
 */
#include "workers/publish/season_json.h"

#include <string.h>
#include "workers/publish/json_out.h"

static json_t *
graded_pick_json(const Pick *p)
{
    bool is_void = p->result == NULL || strcmp(p->result, "void") == 0;
    json_t *o = json_pick(p);

    json_put(o, "actual", is_void ? json_null() : json_int(p->actual_points));
    json_put(o, "result", is_void ? json_null() : json_text(p->result));
    return o;
}

static json_t *
day_json(const PickDay *day, const Selection *selected)
{
    json_t *o = json_object();
    json_t *picks = json_array();

    for (size_t i = 0; i < selected->count; i++)
        json_push(picks, graded_pick_json(selected->picks[i]));
    json_put(o, "date", json_date(day->date));
    json_put(o, "signal", json_text(signal_public_name(day->signal)));
    json_put(o, "picks", picks);
    return o;
}

static json_t *
group_json(const SubsetDef *subset, const PickDays *days, GameDate through, Arena *a)
{
    SubsetRecord record = subset_record(subset, days, through, through, a);
    json_t *group = json_object();
    json_t *dates = json_array();

    for (size_t i = days->count; i-- > 0;) {
        Selection selected = subset_select(subset, &days->days[i], a);

        if (selected.count > 0)
            json_push(dates, day_json(&days->days[i], &selected));
    }
    json_put(group, "id", json_text(subset->public_id));
    json_put(group, "name", json_text(subset->name));
    json_put(group, "record", json_record(&record));
    json_put(group, "dates", dates);
    return group;
}

const char *
season_json(const PickDays *days, GameDate through, const char *system, Arena *a)
{
    json_t *root = json_object();
    json_t *groups = json_array();
    char season[8];

    for (size_t i = 0; i < SUBSET_COUNT; i++)
        json_push(groups, group_json(&subset_table[i], days, through, a));
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "season", json_text(season_label(date_season_year(through), season)));
    json_put(root, "through", json_date(through));
    json_put(root, "groups", groups);
    return json_render(root, a);
}
