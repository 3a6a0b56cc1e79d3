/*
 * workers/analytics/injury_reports_core.c
 *    Reports by team and player, the last one of each, and whose it is.
 */
#include "workers/analytics/injury_reports_core.h"
#include <stdlib.h>
#include <string.h>

#define PROCESSOR_NAME "upcoming_context"
#define FEED_NAME "injuries"

static const double STAR_POINTS = 18.0, STAR_MINUTES = 28.0, STAR_USAGE_PCT = 25.0;

/* A row that came in time. */
typedef struct {
    const RawInjuryReport *row;
    const Slot *slot;
    const char *name;   /* first name first */
    const char *lookup; /* of the name as spelled; the name itself where it has none */
} Report;

/* The last word on somebody. */
typedef struct {
    const char *team;
    const char *status;
    Instant stamp;
} Listing;

struct InjuryReports {
    const Slate *slate;
    Instant first; /* of all reports of the date; NULL without any */
    Report *reports;
    size_t report_count;
    Listing *listings; /* one a team and name */
    size_t listing_count;
    const Listing **of_player; /* parallel to the view's players; NULL: in no report */
    UnresolvedName *unresolved;
    size_t unresolved_count;
};

/* ---- in time, and in order ---- */

/* "Porter Jr., Michael" is Michael Porter Jr. */
static const char *
first_name_first(const char *name, Arena *a)
{
    const char *comma = strchr(name, ',');

    if (comma == NULL)
        return name;
    return arena_printf(a, "%s %.*s", comma + 1 + strspn(comma + 1, " "), (int)(comma - name), name);
}

/* At equal times the graver one counts. */
static size_t
gravity(const char *status)
{
    static const char *const statuses[] = {"available", "probable", "questionable", "doubtful", "out"};
    size_t i = 0;

    while (i < ARRAY_LEN(statuses) && strcmp(statuses[i], status) != 0)
        i++;
    return i;
}

static int
report_cmp(const void *x, const void *y)
{
    const Report *a = x;
    const Report *b = y;
    const size_t grave_a = gravity(a->row->status), grave_b = gravity(b->row->status);
    int c = strcmp(a->row->team, b->row->team);

    if (c == 0)
        c = strcmp(a->lookup, b->lookup);
    if (c == 0)
        c = (a->row->report_time.us > b->row->report_time.us) - (a->row->report_time.us < b->row->report_time.us);
    if (c == 0)
        c = (grave_a > grave_b) - (grave_a < grave_b);
    return c != 0 ? c : strcmp(a->row->player_name, b->row->player_name);
}

static void
sort_reports(InjuryReports *w, const RawInjuryReport *rows, size_t count)
{
    Arena *a = w->slate->arena;

    w->reports = arena_array(a, count, sizeof w->reports[0]);
    for (size_t i = 0; i < count; i++) {
        const RawInjuryReport *row = &rows[i];
        const Slot *slot = slate_slot(w->slate, row->game_id);
        Report r = {.row = row, .slot = slot, .name = first_name_first(row->player_name, a)};

        if (instant_is_null(w->first) || row->report_time.us < w->first.us)
            w->first = row->report_time;
        if (slot == NULL || row->is_scheduled != BOOL_TRUE || !slot_is_before(slot, row->report_time))
            continue;
        r.lookup = player_canonical(r.name, a);
        if (r.lookup == NULL)
            r.lookup = r.name;
        w->reports[w->report_count++] = r;
    }
    if (w->report_count > 0)
        qsort(w->reports, w->report_count, sizeof w->reports[0], report_cmp);
}

/* ---- whose they are ---- */

static bool
is_same_player(const Report *a, const Report *b)
{
    return strcmp(a->row->team, b->row->team) == 0 && strcmp(a->lookup, b->lookup) == 0;
}

static bool
is_later(const Listing *a, const Listing *b)
{
    return a->stamp.us > b->stamp.us || (a->stamp.us == b->stamp.us && gravity(a->status) > gravity(b->status));
}

/* All reports of one name, the last one last. */
static void
place_name(InjuryReports *w, const Report *reports, size_t count)
{
    const Report *last = &reports[count - 1];
    const Slate *s = w->slate;
    const char *reason = NULL;
    const LeaguePlayer *p = slate_player(s, last->slot, last->row->team, last->name, &reason);
    Listing *l = &w->listings[w->listing_count++];

    *l = (Listing){.team = last->row->team, .status = last->row->status, .stamp = last->row->report_time};
    if (p != NULL) {
        const Listing **of = &w->of_player[p - s->view->players];

        if (*of == NULL || is_later(l, *of)) /* two spellings may be one player */
            *of = l;
        return;
    }
    w->unresolved[w->unresolved_count++] = (UnresolvedName){.game_date = s->view->date,
                                                            .processor = PROCESSOR_NAME,
                                                            .feed = FEED_NAME,
                                                            .player_name = last->row->player_name,
                                                            .team = last->row->team,
                                                            .reason = reason,
                                                            .row_count = (int32_t)count};
}

const InjuryReports *
injury_reports(const Slate *s, const RawInjuryReport *reports, size_t count)
{
    InjuryReports *w = arena_alloc(s->arena, sizeof *w);
    size_t end;

    w->slate = s;
    w->first = INSTANT_NULL;
    sort_reports(w, reports, count);
    w->listings = arena_array(s->arena, w->report_count, sizeof w->listings[0]);
    w->unresolved = arena_array(s->arena, w->report_count, sizeof w->unresolved[0]);
    w->of_player = arena_array(s->arena, s->view->player_count, sizeof w->of_player[0]);
    for (size_t i = 0; i < w->report_count; i = end) {
        for (end = i + 1; end < w->report_count && is_same_player(&w->reports[i], &w->reports[end]); end++)
            continue;
        place_name(w, &w->reports[i], end - i);
    }
    return w;
}

const UnresolvedName *
injury_reports_unresolved(const InjuryReports *r, size_t *count)
{
    *count = r->unresolved_count;
    return r->unresolved;
}

/* ---- what they say ---- */

static bool
has_reports(const InjuryReports *r, const Slot *slot)
{
    return !instant_is_null(r->first) && slot_is_before(slot, r->first);
}

const char *
injury_status(const InjuryReports *r, const Slot *slot, const LeaguePlayer *p)
{
    const Listing *l = r->of_player[p - r->slate->view->players];

    if (!has_reports(r, slot))
        return NULL;
    return l == NULL ? "available" : l->status;
}

typedef struct {
    double sum;
    int32_t count;
} Mean;

static void
mean_add(Mean *m, double v)
{
    if (f64_is_null(v))
        return;
    m->sum += v;
    m->count++;
}

static bool
mean_reaches(const Mean *m, double limit)
{
    return m->count > 0 && m->sum / m->count >= limit;
}

static bool
is_star(const LeaguePlayer *p)
{
    Mean points = {0}, minutes = {0}, usage = {0};

    for (size_t i = p->played_count; i-- > 0;) {
        const PlayerGame *g = p->played[i];

        mean_add(&points, g->points);
        mean_add(&minutes, g->minutes);
        mean_add(&usage, g->usage_rate);
    }
    return mean_reaches(&points, STAR_POINTS) || mean_reaches(&minutes, STAR_MINUTES)
           || mean_reaches(&usage, STAR_USAGE_PCT);
}

static bool
is_not_expected(const Listing *l)
{
    return l != NULL && (strcmp(l->status, "out") == 0 || strcmp(l->status, "doubtful") == 0);
}

int32_t
injury_stars_out(const InjuryReports *r, const Slot *slot, const LeaguePlayer *p)
{
    const LeagueView *v = r->slate->view;
    int32_t n = 0;

    if (!has_reports(r, slot))
        return NULL_I32;
    for (size_t i = 0; i < v->player_count; i++) {
        const LeaguePlayer *other = &v->players[i];

        n += other != p && strcmp(other->team, p->team) == 0 && is_not_expected(r->of_player[i]) && is_star(other);
    }
    return n;
}

TeamReport
injury_team(const InjuryReports *r, const Slot *slot, const char *team)
{
    TeamReport t = {.out = NULL_I32, .questionable = NULL_I32, .stamp = INSTANT_NULL};

    if (!has_reports(r, slot))
        return t;
    t.out = t.questionable = 0;
    for (size_t i = 0; i < r->listing_count; i++) {
        const Listing *l = &r->listings[i];

        if (strcmp(l->team, team) != 0)
            continue;
        t.out += strcmp(l->status, "out") == 0;
        t.questionable += strcmp(l->status, "questionable") == 0;
        t.stamp = l->stamp.us > t.stamp.us ? l->stamp : t.stamp;
    }
    return t;
}
