/*
 * workers/analytics/slate_core.c
 *    Tip-offs by majority, names by resolution.
 */
#include "workers/analytics/slate_core.h"
#include <stdlib.h>
#include <string.h>

enum { ASSUMED_TIP_HOUR = 19 };

/* ---- tip-offs ---- */

/* What a line says of the start of its game. */
typedef struct {
    const char *game_id;
    Instant time, stamp; /* stamp: INSTANT_NULL where the line has none */
} Start;

typedef struct {
    Start *items;
    size_t count;
} StartList;

/* A line that was put up at the start that it names or later says what was. */
static void
add_start(StartList *l, const LeagueView *v, bool is_scheduled, const char *game_id, Instant time, Instant stamp)
{
    if (is_scheduled && !instant_is_null(time) && stamp.us < time.us && date_equal(instant_game_date(time), v->date))
        l->items[l->count++] = (Start){game_id, time, stamp};
}

static int
start_cmp(const void *x, const void *y)
{
    const Start *a = x;
    const Start *b = y;
    const int c = strcmp(a->game_id, b->game_id);

    return c != 0 ? c : (a->time.us > b->time.us) - (a->time.us < b->time.us);
}

/* The start that most lines from before an instant name, of some lines of one game sorted by start; at a
 * tie the latest, and NULL when there was no line. */
static Instant
most_frequent(const Start *starts, size_t count, Instant before)
{
    Instant best = INSTANT_NULL;
    size_t best_votes = 1, votes = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && starts[i].time.us != starts[i - 1].time.us)
            votes = 0;
        votes += starts[i].stamp.us < before.us;
        if (votes < best_votes)
            continue;
        best_votes = votes;
        best = starts[i].time;
    }
    return best;
}

/* The first start that most lines from before it name. There is one when there are any lines: what most of
 * them all name is such a start, since each came before the start that it names. */
static Instant
commence_time(const StartList *l, const char *game_id)
{
    const Start *starts;
    size_t first = 0, count = 0;

    while (first < l->count && strcmp(l->items[first].game_id, game_id) != 0)
        first++;
    starts = l->items + first;
    while (first + count < l->count && strcmp(starts[count].game_id, game_id) == 0)
        count++;
    for (size_t i = 0; i < count; i++)
        if (most_frequent(starts, count, starts[i].time).us == starts[i].time.us)
            return starts[i].time;
    return INSTANT_NULL;
}

static Slot
slot_of(const LeagueView *v, const ScheduleGame *g, const StartList *starts)
{
    Slot s = {.row = g, .tip_off = g->tip_off};

    if (instant_is_null(s.tip_off))
        s.tip_off = commence_time(starts, g->game_id);
    s.is_assumed = instant_is_null(s.tip_off);
    if (s.is_assumed)
        s.tip_off = date_eastern_instant(v->date, ASSUMED_TIP_HOUR, 0);
    return s;
}

/* ---- the whole ---- */

static const NameCandidate *
candidates_of(const LeagueView *v, Arena *a)
{
    NameCandidate *out = arena_array(a, v->player_count, sizeof out[0]);

    for (size_t i = 0; i < v->player_count; i++)
        out[i] = (NameCandidate){.name = v->players[i].name, .lookup = v->players[i].lookup};
    return out;
}

const Slate *
slate_of(const LeagueView *view, const RawPropLine *lines, size_t line_count, const RawGameLine *game_lines,
         size_t game_line_count, Arena *a)
{
    StartList starts = {.items = arena_array(a, line_count + game_line_count, sizeof(Start))};
    Slot *slots = arena_array(a, view->slate_count, sizeof slots[0]);
    Slate *out = arena_alloc(a, sizeof *out);

    for (size_t i = 0; i < line_count; i++)
        add_start(&starts, view, lines[i].is_scheduled == BOOL_TRUE, lines[i].game_id, lines[i].commence_time,
                  lines[i].posted_at);
    for (size_t i = 0; i < game_line_count; i++)
        add_start(&starts, view, game_lines[i].is_scheduled == BOOL_TRUE, game_lines[i].game_id,
                  game_lines[i].commence_time, game_lines[i].snapshot_time);
    if (starts.count > 0)
        qsort(starts.items, starts.count, sizeof starts.items[0], start_cmp);
    for (size_t i = 0; i < view->slate_count; i++)
        slots[i] = slot_of(view, view->slate[i], &starts);
    *out = (Slate){.view = view, .slots = slots, .candidates = candidates_of(view, a), .arena = a};
    return out;
}

const Slot *
slate_slot(const Slate *s, const char *game_id)
{
    for (size_t i = 0; i < s->view->slate_count; i++)
        if (strcmp(s->slots[i].row->game_id, game_id) == 0)
            return &s->slots[i];
    return NULL;
}

bool
slot_is_before(const Slot *slot, Instant stamp)
{
    return stamp.us < slot->tip_off.us;
}

/* ---- names ---- */

static const char *
reason_of(NameOutcome outcome)
{
    switch (outcome) {
    case NAME_FOUND_EXACT:
    case NAME_FOUND_ALIAS:
    case NAME_FOUND_SUFFIX:
        return "team_mismatch"; /* found, but his team plays elsewhere */
    case NAME_UNKNOWN:
        return "no_earlier_box_score";
    case NAME_AMBIGUOUS:
        return "ambiguous";
    case NAME_UNREADABLE:
        return "unreadable";
    }
    return NULL;
}

static bool
plays_in(const char *team, const ScheduleGame *g)
{
    return strcmp(team, g->home_team) == 0 || strcmp(team, g->away_team) == 0;
}

const LeaguePlayer *
slate_player(const Slate *s, const Slot *slot, const char *team, const char *name, const char **reason)
{
    const NameMatch m = name_resolve(s->candidates, s->view->player_count, name, s->arena);
    const LeaguePlayer *p = m.match == NULL ? NULL : &s->view->players[m.match - s->candidates];

    if (p != NULL && (team == NULL ? plays_in(p->team, slot->row) : strcmp(p->team, team) == 0))
        return p;
    *reason = reason_of(m.outcome);
    return NULL;
}
