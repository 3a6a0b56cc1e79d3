/*
 * workers/publish/status_json.c
 *    The status file.
 */
#include "workers/publish/status_json.h"
#include <string.h>
#include "workers/publish/json_out.h"

typedef enum { HEALTHY, DEGRADED, UNHEALTHY } Health;

static const char *const health_names[] = {[HEALTHY] = "healthy", [DEGRADED] = "degraded", [UNHEALTHY] = "unhealthy"};

static Health
health_of(const ServiceState *s)
{
    if (s->status != NULL && strcmp(s->status, "failed") == 0)
        return UNHEALTHY;
    if (!date_is_null(s->awaited)
        || (s->status != NULL && (strcmp(s->status, "degraded") == 0 || strcmp(s->status, "partial") == 0)))
        return DEGRADED;
    return HEALTHY;
}

static const char *
message_of(const ServiceState *s, Arena *a)
{
    char day[DATE_TEXT_LEN], awaited[DATE_TEXT_LEN];

    if (!date_is_null(s->awaited))
        return arena_printf(a, "%s is awaited", date_format(s->awaited, awaited));
    if (date_is_null(s->date))
        return "nothing yet";
    return arena_printf(a, "%s: %s%s%s", date_format(s->date, day), s->status, s->reason != NULL ? ": " : "",
                        s->reason != NULL ? s->reason : "");
}

static json_t *
service_json(const char *status, const char *message, Instant last_update, bool is_stale)
{
    json_t *o = json_object();

    json_put(o, "status", json_text(status));
    json_put(o, "message", json_text(message));
    json_put(o, "last_update", json_instant(last_update));
    json_put(o, "is_stale", json_boolean(is_stale));
    return o;
}

static json_t *
stale_json(const StaleFile *stale, size_t count)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *o = json_object();

        json_put(o, "path", json_text(stale[i].path));
        json_put(o, "since", json_instant(stale[i].since));
        json_put(o, "reason", json_text(stale[i].reason));
        json_push(rows, o);
    }
    return rows;
}

const char *
status_json(const ServiceState *services, size_t service_count, const StaleFile *stale, size_t stale_count,
            const char *const *issues, size_t issue_count, Arena *a)
{
    json_t *root = json_object(), *by_name = json_object(), *known = json_array();
    Health overall = stale_count > 0 || issue_count > 0 ? DEGRADED : HEALTHY;
    Instant updated = INSTANT_NULL;

    json_put(by_name, "live_data", service_json("not_available", "there is no live feed", INSTANT_NULL, false));
    for (size_t i = 0; i < service_count; i++) {
        const ServiceState *s = &services[i];
        const Health health = health_of(s);

        overall = health > overall ? health : overall;
        updated = s->finished_at.us > updated.us ? s->finished_at : updated;
        json_put(by_name, s->name,
                 service_json(health_names[health], message_of(s, a), s->finished_at, !date_is_null(s->awaited)));
    }
    for (size_t i = 0; i < issue_count; i++)
        json_push(known, json_text(issues[i]));
    json_put(root, "updated_at", json_instant(updated));
    json_put(root, "overall_status", json_text(health_names[overall]));
    json_put(root, "services", by_name);
    json_put(root, "known_issues", known);
    json_put(root, "maintenance_windows", json_array());
    json_put(root, "stale_files", stale_json(stale, stale_count));
    return json_render(root, a);
}
