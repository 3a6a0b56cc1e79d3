/*
 * workers/analytics/upcoming_context_core.c
 *    Tip-offs, then lines by player, then a row a player and a row a team.
 */
#include "workers/analytics/upcoming_context_core.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "workers/analytics/player_load.h"
#include "workers/names/resolve.h"

#define PROCESSOR_NAME "upcoming_context"
#define FEED_NAME "props"
#define POINTS_MARKET "player_points"

enum { LATEST_TEAM_DAYS = 30, ASSUMED_TIP_HOUR = 19, OUTCOME_STAMP_HOUR = 6 };

static const int64_t ONE_MINUTE_US = INT64_C(60000000);

/* A game of the date. */
typedef struct {
    const ScheduleGame *row;
    Instant tip_off;
    bool is_assumed;
} Slot;

enum { SIDE_OVER = 1, SIDE_UNDER = 2, SIDE_BOTH = SIDE_OVER | SIDE_UNDER };

/* One line that one bookmaker has for a player. */
typedef struct {
    const char *lookup;
    const char *bookmaker;
    double line;
    int sides;
} Quote;

/* What is said of one player's line. */
typedef struct {
    const Quote *chosen; /* NULL without a line */
    int32_t book_count;
} PointsLine;

typedef struct {
    const UpcomingFacts *facts;
    const LeagueView *view;
    Arena *arena;
    Slot *slots;               /* parallel to the view's slate, so sorted by game id */
    const RawPropLine **lines; /* usable points lines, sorted by game and name */
    size_t line_count;
    Quote *quotes; /* sorted by lookup, bookmaker, line */
    size_t quote_count;
    UnresolvedName *unresolved;
    size_t unresolved_count;
    double league_pace;
    UpcomingPlayer *players;
    size_t player_count;
    UpcomingTeam *teams;
    size_t team_count;
} Work;

/* ---- tip-offs ---- */

/* NULL when the date has no such game. */
static const Slot *
find_slot(const Work *w, const char *game_id)
{
    for (size_t i = 0; i < w->view->slate_count; i++)
        if (strcmp(w->slots[i].row->game_id, game_id) == 0)
            return &w->slots[i];
    return NULL;
}

static int
instant_cmp(const void *x, const void *y)
{
    const Instant *a = x;
    const Instant *b = y;

    return (a->us > b->us) - (a->us < b->us);
}

/* The most frequent of sorted times, at a tie the latest; NULL of none. */
static Instant
most_frequent(const Instant *times, size_t count)
{
    Instant best = INSTANT_NULL;
    size_t best_run = 0, end;

    for (size_t i = 0; i < count; i = end) {
        for (end = i + 1; end < count && times[end].us == times[i].us; end++)
            continue;
        if (end - i >= best_run) {
            best_run = end - i;
            best = times[i];
        }
    }
    return best;
}

static Instant
commence_time(const Work *w, const ScheduleGame *game)
{
    const UpcomingFacts *f = w->facts;
    Instant *times = arena_array(w->arena, f->line_count, sizeof times[0]);
    size_t n = 0;

    for (size_t i = 0; i < f->line_count; i++) {
        const RawPropLine *l = &f->lines[i];

        if (l->is_scheduled == BOOL_TRUE && strcmp(l->game_id, game->game_id) == 0 && !instant_is_null(l->commence_time)
            && date_equal(instant_game_date(l->commence_time), w->view->date))
            times[n++] = l->commence_time;
    }
    if (n > 0)
        qsort(times, n, sizeof times[0], instant_cmp);
    return most_frequent(times, n);
}

static void
make_slots(Work *w)
{
    w->slots = arena_array(w->arena, w->view->slate_count, sizeof w->slots[0]);
    for (size_t i = 0; i < w->view->slate_count; i++) {
        const ScheduleGame *g = w->view->slate[i];
        Slot *s = &w->slots[i];

        *s = (Slot){.row = g, .tip_off = g->tip_off};
        if (instant_is_null(s->tip_off))
            s->tip_off = commence_time(w, g);
        s->is_assumed = instant_is_null(s->tip_off);
        if (s->is_assumed)
            s->tip_off = date_eastern_instant(w->view->date, ASSUMED_TIP_HOUR, 0);
    }
}

/* ---- lines and whose they are ---- */

static int
line_cmp(const void *x, const void *y)
{
    const RawPropLine *a = *(const RawPropLine *const *)x;
    const RawPropLine *b = *(const RawPropLine *const *)y;
    const int c = strcmp(a->game_id, b->game_id);

    return c != 0 ? c : strcmp(a->player_name, b->player_name);
}

static void
sort_lines(Work *w)
{
    const UpcomingFacts *f = w->facts;

    w->lines = arena_array(w->arena, f->line_count, sizeof w->lines[0]);
    for (size_t i = 0; i < f->line_count; i++) {
        const RawPropLine *l = &f->lines[i];

        if (l->is_scheduled == BOOL_TRUE && strcmp(l->market, POINTS_MARKET) == 0 && l->line > 0.0
            && find_slot(w, l->game_id) != NULL)
            w->lines[w->line_count++] = l;
    }
    if (w->line_count > 0)
        qsort(w->lines, w->line_count, sizeof w->lines[0], line_cmp);
}

static NameCandidate *
make_candidates(const LeagueView *v, Arena *a)
{
    NameCandidate *out = arena_array(a, v->player_count, sizeof out[0]);

    for (size_t i = 0; i < v->player_count; i++)
        out[i] = (NameCandidate){.name = v->players[i].name, .lookup = v->players[i].lookup};
    return out;
}

static bool
plays_in(const char *team, const ScheduleGame *g)
{
    return strcmp(team, g->home_team) == 0 || strcmp(team, g->away_team) == 0;
}

static const char *
unresolved_reason(NameOutcome outcome)
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

static void
add_quote(Work *w, const char *lookup, const RawPropLine *l)
{
    w->quotes[w->quote_count++] = (Quote){.lookup = lookup,
                                          .bookmaker = l->bookmaker,
                                          .line = l->line,
                                          .sides = strcasecmp(l->side, "over") == 0    ? SIDE_OVER
                                                   : strcasecmp(l->side, "under") == 0 ? SIDE_UNDER
                                                                                       : 0};
}

/* All points lines of one name in one game. */
static void
place_name(Work *w, const RawPropLine *const *lines, size_t count, const NameCandidate *candidates,
           const NameIndex *names)
{
    const Slot *slot = find_slot(w, lines[0]->game_id);
    const NameMatch m = name_find(names, lines[0]->player_name, w->arena);
    const ScheduleGame *game;

    if (slot == NULL)
        return;
    game = slot->row;
    if (m.match != NULL && plays_in(w->view->players[m.match - candidates].team, game)) {
        for (size_t i = 0; i < count; i++)
            add_quote(w, m.match->lookup, lines[i]);
        return;
    }
    w->unresolved[w->unresolved_count++] = (UnresolvedName){
        .game_date = w->view->date,
        .processor = PROCESSOR_NAME,
        .feed = FEED_NAME,
        .player_name = lines[0]->player_name,
        .team = arena_printf(w->arena, "%s@%s", game->away_team, game->home_team),
        .reason = unresolved_reason(m.outcome),
        .row_count = (int32_t)count};
}

static int
unresolved_cmp(const void *x, const void *y)
{
    const UnresolvedName *a = x;
    const UnresolvedName *b = y;
    int c = strcmp(a->player_name, b->player_name);

    return c != 0 ? c : strcmp(a->team, b->team);
}

static int
quote_cmp(const void *x, const void *y)
{
    const Quote *a = x;
    const Quote *b = y;
    int c = strcmp(a->lookup, b->lookup);

    if (c == 0)
        c = strcmp(a->bookmaker, b->bookmaker);
    return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

/* One quote a player, bookmaker and line, with the sides on which it is offered. */
static void
merge_quotes(Work *w)
{
    size_t kept = 0;

    if (w->quote_count > 0)
        qsort(w->quotes, w->quote_count, sizeof w->quotes[0], quote_cmp);
    for (size_t i = 0; i < w->quote_count; i++) {
        if (kept > 0 && quote_cmp(&w->quotes[kept - 1], &w->quotes[i]) == 0)
            w->quotes[kept - 1].sides |= w->quotes[i].sides;
        else
            w->quotes[kept++] = w->quotes[i];
    }
    w->quote_count = kept;
}

static void
place_lines(Work *w)
{
    const NameCandidate *candidates = make_candidates(w->view, w->arena);
    const NameIndex names = name_index(candidates, w->view->player_count, w->arena);
    size_t end;

    w->quotes = arena_array(w->arena, w->line_count, sizeof w->quotes[0]);
    w->unresolved = arena_array(w->arena, w->line_count, sizeof w->unresolved[0]);
    for (size_t i = 0; i < w->line_count; i = end) {
        for (end = i + 1; end < w->line_count && line_cmp(&w->lines[i], &w->lines[end]) == 0; end++)
            continue;
        place_name(w, w->lines + i, end - i, candidates, &names);
    }
    merge_quotes(w);
    if (w->unresolved_count > 0)
        qsort(w->unresolved, w->unresolved_count, sizeof w->unresolved[0], unresolved_cmp);
}

/* ---- the points line ---- */

static size_t
book_rank(const char *bookmaker)
{
    static const char *const preferred[] = {"draftkings", "fanduel", "betmgm", "pointsbet", "caesars"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(preferred); i++)
        if (strcasecmp(bookmaker, preferred[i]) == 0)
            break;
    return i;
}

static int
double_cmp(const void *x, const void *y)
{
    const double a = *(const double *)x;
    const double b = *(const double *)y;

    return (a > b) - (a < b);
}

/* count is above 0. */
static double
median_line(const Quote *const *quotes, size_t count, Arena *a)
{
    double *lines = arena_array(a, count, sizeof lines[0]);

    for (size_t i = 0; i < count; i++)
        lines[i] = quotes[i]->line;
    qsort(lines, count, sizeof lines[0], double_cmp);
    return (lines[(count - 1) / 2] + lines[count / 2]) / 2.0;
}

/* quotes are sorted by bookmaker and line, so that the first of equals is the one wanted. */
static const Quote *
choose_quote(const Quote *const *quotes, size_t count, double median)
{
    const Quote *best = quotes[0];

    for (size_t i = 1; i < count; i++) {
        const Quote *q = quotes[i];
        const size_t rank = book_rank(q->bookmaker), best_rank = book_rank(best->bookmaker);
        const bool is_same_book = strcmp(q->bookmaker, best->bookmaker) == 0;

        if (rank < best_rank || (is_same_book && fabs(q->line - median) < fabs(best->line - median)))
            best = q;
    }
    return best;
}

/* His quotes that are offered on both sides; all of them when none is. */
static const Quote **
usable_quotes(const Quote *quotes, size_t count, size_t *usable, Arena *a)
{
    const Quote **out = arena_array(a, count, sizeof out[0]);

    *usable = 0;
    for (size_t i = 0; i < count; i++)
        if (quotes[i].sides == SIDE_BOTH)
            out[(*usable)++] = &quotes[i];
    if (*usable > 0)
        return out;
    for (size_t i = 0; i < count; i++)
        out[(*usable)++] = &quotes[i];
    return out;
}

/* The first place whose player is not before this one. */
static size_t
first_quote(const Work *w, const char *lookup)
{
    size_t low = 0, high = w->quote_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(w->quotes[middle].lookup, lookup) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static PointsLine
points_line(const Work *w, const char *lookup)
{
    PointsLine out = {.chosen = NULL, .book_count = 0};
    const Quote **usable;
    const size_t first = first_quote(w, lookup);
    size_t end, usable_count;

    for (end = first; end < w->quote_count && strcmp(w->quotes[end].lookup, lookup) == 0; end++)
        if (end == first || strcmp(w->quotes[end].bookmaker, w->quotes[end - 1].bookmaker) != 0)
            out.book_count++;
    if (end == first)
        return out;
    usable = usable_quotes(&w->quotes[first], end - first, &usable_count, w->arena);
    out.chosen = choose_quote(usable, usable_count, median_line(usable, usable_count, w->arena));
    return out;
}

/* ---- players ---- */

static void
fill_teams(UpcomingPlayer *u, const Work *w, const LeagueTeam *own, const LeagueTeam *other)
{
    u->team_days_rest = league_team_days_rest(w->view, own);
    u->opponent_days_rest = league_team_days_rest(w->view, other);
}

static void
fill_line(UpcomingPlayer *u, const PointsLine *line, const Slot *slot)
{
    u->has_prop_line = line->chosen != NULL;
    u->line_book_count = line->book_count;
    if (line->chosen == NULL)
        return;
    u->current_points_line = line->chosen->line;
    u->opening_points_line = line->chosen->line;
    u->line_sportsbook = line->chosen->bookmaker;
    u->line_stamp = (Instant){slot->tip_off.us - ONE_MINUTE_US};
}

static void
fill_game(UpcomingPlayer *u, const Work *w, const LeaguePlayer *p, const Slot *slot)
{
    const ScheduleGame *g = slot->row;
    const bool is_home = strcmp(p->team, g->home_team) == 0;

    u->game_date = w->view->date;
    u->player_lookup = p->lookup;
    u->player_name = p->name;
    u->game_id = g->game_id;
    u->season_year = g->season_year;
    u->team = p->team;
    u->opponent = is_home ? g->away_team : g->home_team;
    u->is_home = is_home;
    u->tip_off = slot->tip_off;
    u->tip_assumed = slot->is_assumed;
    u->season_phase = "regular"; /* the schedule has no other games */
}

/* No row when his team does not play, or when he was last seen too long ago and has no line. */
static void
add_player(Work *w, const LeaguePlayer *p)
{
    const LeagueView *v = w->view;
    const LeagueTeam *own = league_team(v, p->team);
    const Slot *slot = own == NULL || own->today == NULL ? NULL : find_slot(w, own->today->game_id);
    const PointsLine line = points_line(w, p->lookup);
    const bool is_recent = date_diff(v->date, p->games[0]->game_date) <= LATEST_TEAM_DAYS;
    const LeagueTeam *other;
    UpcomingPlayer u = upcoming_player_null();

    if (slot == NULL || (!is_recent && line.chosen == NULL))
        return;
    fill_game(&u, w, p, slot);
    u.population = is_recent ? "latest_team" : "line";
    other = league_team(v, u.opponent);
    player_load_fill(&u, v, p, own, other, w->league_pace, w->arena);
    if (other != NULL)
        fill_teams(&u, w, own, other);
    fill_line(&u, &line, slot);
    w->players[w->player_count++] = u;
}

/* ---- teams ---- */

static int32_t
complete_games(const LeagueTeam *t)
{
    int32_t n = 0;

    for (size_t i = 0; i < t->offense_count; i++)
        n += t->offense[i]->is_complete == BOOL_TRUE;
    return n;
}

static void
fill_team_history(UpcomingTeam *u, const LeagueView *v, const LeagueTeam *t)
{
    u->days_rest = league_team_days_rest(v, t);
    if (!i32_is_null(u->days_rest))
        u->back_to_back = u->days_rest == 1;
    u->games_played = (int32_t)t->past_count;
    u->missing_box_scores = (int32_t)t->past_count - complete_games(t);
    for (size_t i = 0; i < t->past_count; i++)
        u->games_in_last_7_days += date_diff(v->date, t->past[i]->game_date) < 7;
    for (size_t i = 0; i < t->offense_count; i++) {
        u->wins += t->offense[i]->won == BOOL_TRUE;
        u->losses += t->offense[i]->won == BOOL_FALSE;
    }
}

static void
add_team(Work *w, const Slot *slot, const char *team)
{
    const LeagueTeam *t = league_team(w->view, team);
    const bool is_home = strcmp(team, slot->row->home_team) == 0;
    UpcomingTeam u = upcoming_team_null();

    u.game_date = w->view->date;
    u.game_id = slot->row->game_id;
    u.team = team;
    u.opponent = is_home ? slot->row->away_team : slot->row->home_team;
    u.is_home = is_home;
    u.tip_off = slot->tip_off;
    u.tip_assumed = slot->is_assumed;
    u.games_played = u.games_in_last_7_days = u.wins = u.losses = u.missing_box_scores = 0;
    if (t != NULL)
        fill_team_history(&u, w->view, t);
    w->teams[w->team_count++] = u;
}

static void
add_teams(Work *w)
{
    for (size_t i = 0; i < w->view->slate_count; i++) {
        const ScheduleGame *g = w->slots[i].row;
        const bool is_away_first = strcmp(g->away_team, g->home_team) < 0;

        add_team(w, &w->slots[i], is_away_first ? g->away_team : g->home_team);
        add_team(w, &w->slots[i], is_away_first ? g->home_team : g->away_team);
    }
}

/* ---- stamps ---- */

static Instant
later(Instant a, Instant b)
{
    return a.us > b.us ? a : b; /* INSTANT_NULL is the smallest */
}

/* An outcome is stamped at 06:00 Eastern of the next day, but before the next tip-off. */
static Instant
latest_stamp(const Work *w)
{
    Instant first_tip = INSTANT_NULL, out = INSTANT_NULL;
    GameDate newest = GAME_DATE_NULL;

    for (size_t i = 0; i < w->view->slate_count; i++)
        if (i == 0 || w->slots[i].tip_off.us < first_tip.us)
            first_tip = w->slots[i].tip_off;
    for (size_t i = 0; i < w->view->player_count; i++)
        if (date_is_null(newest) || date_before(newest, w->view->players[i].games[0]->game_date))
            newest = w->view->players[i].games[0]->game_date;
    if (!date_is_null(newest)) {
        out = date_eastern_instant(date_add(newest, 1), OUTCOME_STAMP_HOUR, 0);
        if (!instant_is_null(first_tip) && out.us >= first_tip.us)
            out.us = first_tip.us - ONE_MINUTE_US;
    }
    for (size_t i = 0; i < w->player_count; i++)
        out = later(out, w->players[i].line_stamp);
    return out;
}

const UpcomingContext *
upcoming_context(const UpcomingFacts *facts, Arena *a)
{
    const LeagueView *v = facts->view;
    UpcomingContext *out = arena_alloc(a, sizeof *out);
    Work *w = arena_alloc(a, sizeof *w);

    w->facts = facts;
    w->view = v;
    w->arena = a;
    w->players = arena_array(a, v->player_count, sizeof w->players[0]);
    w->teams = arena_array(a, 2 * v->slate_count, sizeof w->teams[0]);
    w->league_pace = league_pace_of(v);
    make_slots(w);
    sort_lines(w);
    place_lines(w);
    for (size_t i = 0; i < v->player_count; i++)
        add_player(w, &v->players[i]);
    add_teams(w);
    *out = (UpcomingContext){.players = w->players,
                             .player_count = w->player_count,
                             .teams = w->teams,
                             .team_count = w->team_count,
                             .unresolved = w->unresolved,
                             .unresolved_count = w->unresolved_count,
                             .as_of = latest_stamp(w)};
    return out;
}
