/*
 * workers/league/window.c
 *    Holes between a player's games, and windows over both.
 */
#include "workers/league/window.h"
#include <assert.h>
#include <string.h>

static const char *const no_names[] = {NULL};

/* ---- verdicts ---- */

WindowVerdict
window_verdict(WindowCount w)
{
    if (w.used >= w.expected)
        return WINDOW_WHOLE;
    /* In whole numbers, so that 7 of 10 is not below 70 percent. */
    return 10 * (int64_t)w.used < 7 * (int64_t)w.expected ? WINDOW_SKIPPED : WINDOW_FLAGGED;
}

double
window_pct(WindowCount w)
{
    return w.expected == 0 ? 100.0 : 100.0 * w.used / w.expected;
}

double
window_value(WindowCount w, double value)
{
    return window_verdict(w) == WINDOW_SKIPPED ? NULL_F64 : value;
}

int32_t
window_number(WindowCount w, int32_t value)
{
    return window_verdict(w) == WINDOW_SKIPPED ? NULL_I32 : value;
}

/* ---- a player's holes ---- */

typedef struct {
    const ScheduleGame **games; /* newest first */
    size_t count, cap;
    Arena *arena;
} HoleList;

/* Newest first, as rows of games are ordered. */
static bool
is_newer(GameDate date, const char *game_id, const ScheduleGame *g)
{
    if (!date_equal(date, g->game_date))
        return date_before(g->game_date, date);
    return strcmp(game_id, g->game_id) > 0;
}

static void
hole_put(HoleList *l, const ScheduleGame *g)
{
    size_t at = l->count;

    l->games = arena_room(l->arena, l->games, l->count, &l->cap, sizeof l->games[0]);
    for (; at > 0 && is_newer(g->game_date, g->game_id, l->games[at - 1]); at--)
        l->games[at] = l->games[at - 1];
    l->games[at] = g;
    l->count++;
}

/* The team's holes strictly between two days, either of which may be NULL: open. */
static void
add_holes_between(HoleList *l, const LeagueTeam *t, GameDate after, GameDate before)
{
    for (size_t i = 0; t != NULL && i < t->hole_count; i++) {
        const ScheduleGame *g = t->holes[i];

        if ((date_is_null(before) || date_before(g->game_date, before))
            && (date_is_null(after) || date_before(after, g->game_date)))
            hole_put(l, g);
    }
}

/* The holes of games[first..end), his games for one team on end. */
static void
add_stint(HoleList *l, const LeagueView *v, const PlayerGame *const *games, size_t first, size_t end, size_t count,
          const char *today)
{
    const char *team = games[first]->team;
    const bool is_now = first == 0;
    const GameDate before = is_now ? GAME_DATE_NULL : games[first - 1]->game_date;
    const GameDate after = end == count ? GAME_DATE_NULL : games[end]->game_date;

    add_holes_between(l, league_team(v, team), after, before);
    if (is_now && strcmp(team, today) != 0) /* he has come to another team since */
        add_holes_between(l, league_team(v, today), games[0]->game_date, GAME_DATE_NULL);
}

/* A hole of a team is none of a player who is known to have played in it. */
static bool
has_played_in(const PlayerHistory *h, const ScheduleGame *g)
{
    for (size_t i = 0; i < h->played_count && !date_before(h->played[i]->game_date, g->game_date); i++) {
        if (date_equal(h->played[i]->game_date, g->game_date))
            return true; /* nobody plays twice on a day */
    }
    return false;
}

PlayerHistory
player_history(const LeagueView *v, const LeaguePlayer *player, const char *today, Arena *a)
{
    PlayerHistory h = {.date = v->date};
    HoleList holes = {.arena = a};
    size_t end, kept = 0;

    if (player == NULL)
        return h;
    h.played = player->played;
    h.played_count = player->played_count;
    if (v->hole_count == 0)
        return h;
    for (size_t first = 0; first < player->game_count; first = end) {
        for (end = first + 1; end < player->game_count; end++) {
            if (strcmp(player->games[end]->team, player->games[first]->team) != 0)
                break;
        }
        add_stint(&holes, v, player->games, first, end, player->game_count, today);
    }
    for (size_t i = 0; i < holes.count; i++) {
        if (!has_played_in(&h, holes.games[i]))
            holes.games[kept++] = holes.games[i];
    }
    h.holes = holes.games;
    h.hole_count = kept;
    return h;
}

/* ---- windows of a player ---- */

WindowCount
history_newest(const PlayerHistory *h, size_t n)
{
    size_t played = 0, holes = 0;

    if (h->hole_count == 0) {
        played = h->played_count < n ? h->played_count : n;
        return (WindowCount){(int32_t)played, (int32_t)played};
    }
    while (played + holes < n && (played < h->played_count || holes < h->hole_count)) {
        bool is_hole = played == h->played_count
                       || (holes < h->hole_count
                           && !is_newer(h->played[played]->game_date, h->played[played]->game_id, h->holes[holes]));

        holes += is_hole;
        played += !is_hole;
    }
    return (WindowCount){(int32_t)played, (int32_t)(played + holes)};
}

WindowCount
history_days(const PlayerHistory *h, int32_t days)
{
    size_t played = 0, holes = 0;

    while (played < h->played_count && date_diff(h->date, h->played[played]->game_date) < days)
        played++;
    while (holes < h->hole_count && date_diff(h->date, h->holes[holes]->game_date) < days)
        holes++;
    return (WindowCount){(int32_t)played, (int32_t)(played + holes)};
}

WindowCount
history_season(const PlayerHistory *h)
{
    return (WindowCount){(int32_t)h->played_count, (int32_t)(h->played_count + h->hole_count)};
}

size_t
history_hole_place(const PlayerHistory *h, size_t hole)
{
    size_t played = 0;

    while (played < h->played_count
           && is_newer(h->played[played]->game_date, h->played[played]->game_id, h->holes[hole]))
        played++;
    return hole + played;
}

TextArray
history_hole_ids(const PlayerHistory *h, Arena *a)
{
    const char **ids;

    if (h->hole_count == 0)
        return (TextArray){.items = no_names, .count = 0};
    ids = arena_array(a, h->hole_count, sizeof ids[0]);
    for (size_t i = 0; i < h->hole_count; i++)
        ids[i] = h->holes[i]->game_id;
    return (TextArray){.items = ids, .count = (int32_t)h->hole_count};
}

/* ---- windows of a team ---- */

WindowCount
team_window(const LeagueTeam *t, size_t n)
{
    const size_t size = t->past_count < n ? t->past_count : n;
    WindowCount w = {.expected = (int32_t)size};

    for (size_t i = 0; i < size; i++)
        w.used += team_game_is_complete(&t->history[i]);
    return w;
}

/* ---- notes ---- */

WindowNotes
window_notes(void)
{
    return (WindowNotes){.worst_pct = 100.0, .is_ready = true};
}

void
window_note_column(WindowNotes *n, const char *column)
{
    for (int32_t i = 0; i < n->count; i++) {
        if (strcmp(n->names[i], column) == 0)
            return;
    }
    assert(n->count < FIELD_NOTES_MAX);
    n->names[n->count++] = column;
}

void
window_note(WindowNotes *n, WindowCount w, const char *const *columns)
{
    const WindowVerdict verdict = window_verdict(w);

    if (verdict == WINDOW_WHOLE)
        return;
    n->worst_pct = fmin(n->worst_pct, window_pct(w));
    n->is_ready = n->is_ready && verdict != WINDOW_SKIPPED;
    for (; *columns != NULL; columns++)
        window_note_column(n, *columns);
}

TextArray
window_note_names(const WindowNotes *n, Arena *a)
{
    const char **names;

    if (n->count == 0)
        return (TextArray){.items = no_names, .count = 0};
    names = arena_array(a, (size_t)n->count, sizeof names[0]);
    memcpy(names, n->names, (size_t)n->count * sizeof names[0]);
    return (TextArray){.items = names, .count = n->count};
}

bool
text_array_has(TextArray a, const char *name)
{
    for (int32_t i = 0; i < a.count; i++) {
        if (strcmp(a.items[i], name) == 0)
            return true;
    }
    return false;
}
