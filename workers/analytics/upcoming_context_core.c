/*
 * workers/analytics/upcoming_context_core.c
 *    A row a player and a row a team, from what each feed says of them.
 */
#include "workers/analytics/upcoming_context_core.h"
#include <stdlib.h>
#include <string.h>
#include "workers/analytics/game_odds_core.h"
#include "workers/analytics/injury_reports_core.h"
#include "workers/analytics/points_lines_core.h"
#include "workers/analytics/player_load.h"

enum { LATEST_TEAM_DAYS = 30, OUTCOME_STAMP_HOUR = 6 };

static const int64_t ONE_MINUTE_US = INT64_C(60000000);

typedef struct {
    const UpcomingFacts *facts;
    const LeagueView *view;
    const Slate *slate;
    const PointsLines *lines;
    const InjuryReports *reports;
    Arena *arena;
    double league_pace;
    UpcomingPlayer *players;
    size_t player_count;
    UpcomingTeam *teams;
    size_t team_count;
    UnresolvedName *unresolved;
    size_t unresolved_count;
} Work;

/* ---- players ---- */

static void
fill_teams(UpcomingPlayer *u, const Work *w, const LeagueTeam *own, const LeagueTeam *other)
{
    u->team_days_rest = league_team_days_rest(w->view, own);
    u->opponent_days_rest = league_team_days_rest(w->view, other);
}

static void
fill_line(UpcomingPlayer *u, const PointsLine *line)
{
    u->has_prop_line = line->bookmaker != NULL;
    u->line_book_count = line->book_count;
    u->current_points_line = line->line;
    u->opening_points_line = line->opening;
    u->line_sportsbook = line->bookmaker;
    u->line_stamp = line->stamp;
}

static void
fill_health(UpcomingPlayer *u, const Work *w, const LeaguePlayer *p, const Slot *slot)
{
    u->player_status = injury_status(w->reports, slot, p);
    u->star_teammates_out = injury_stars_out(w->reports, slot, p);
    u->report_stamp = injury_team(w->reports, slot, p->team).stamp;
}

/* Sources write the id with its leading zeros or without. */
static const char *
season_phase(const char *official_id)
{
    const char *kind = official_id == NULL ? "" : official_id + strspn(official_id, "0");

    return kind[0] == '4' ? "playoffs" : "regular";
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
    u->season_phase = season_phase(g->official_id);
}

/* No row when his team does not play, or when he was last seen too long ago and has no line. */
static void
add_player(Work *w, const LeaguePlayer *p)
{
    const LeagueView *v = w->view;
    const LeagueTeam *own = league_team(v, p->team);
    const Slot *slot = own == NULL || own->today == NULL ? NULL : slate_slot(w->slate, own->today->game_id);
    const PointsLine line = points_line_of(w->lines, p->lookup);
    const bool is_recent = date_diff(v->date, p->games[0]->game_date) <= LATEST_TEAM_DAYS;
    const LeagueTeam *other;
    UpcomingPlayer u = upcoming_player_null();

    if (slot == NULL || (!is_recent && line.bookmaker == NULL))
        return;
    fill_game(&u, w, p, slot);
    u.population = is_recent ? "latest_team" : "line";
    other = league_team(v, u.opponent);
    player_load_fill(&u, v, p, own, other, w->league_pace, w->arena);
    if (other != NULL)
        fill_teams(&u, w, own, other);
    fill_line(&u, &line);
    fill_health(&u, w, p, slot);
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

/* The team's outcome on that date; NULL without one. */
static const TeamOffense *
outcome_on(const LeagueTeam *t, GameDate date)
{
    for (size_t i = 0; i < t->offense_count; i++)
        if (date_equal(t->offense[i]->game_date, date))
            return t->offense[i];
    return NULL;
}

/* How many games in a row ended so, up to the newest. */
static int32_t
streak(const LeagueTeam *t, TriBool won)
{
    for (size_t i = 0; i < t->past_count; i++) {
        const TeamOffense *o = outcome_on(t, t->past[i]->game_date);

        if (o == NULL)
            return NULL_I32;
        if (o->won != won)
            return (int32_t)i;
    }
    return (int32_t)t->past_count;
}

static int32_t
last_margin(const LeagueTeam *t)
{
    const TeamOffense *o = t->past_count == 0 ? NULL : outcome_on(t, t->past[0]->game_date);

    return o == NULL ? NULL_I32 : o->points - o->opponent_points;
}

static void
fill_team_history(UpcomingTeam *u, const LeagueView *v, const LeagueTeam *t)
{
    u->days_rest = league_team_days_rest(v, t);
    if (!i32_is_null(u->days_rest))
        u->back_to_back = u->days_rest == 1;
    u->games_played = (int32_t)t->past_count;
    u->missing_box_scores = (int32_t)t->past_count - complete_games(t);
    for (size_t i = 0; i < t->past_count; i++) {
        u->games_in_last_7_days += date_diff(v->date, t->past[i]->game_date) < 7;
        u->games_in_last_14_days += date_diff(v->date, t->past[i]->game_date) < 14;
    }
    u->game_number_in_season = u->games_played + 1;
    u->win_streak = streak(t, BOOL_TRUE);
    u->loss_streak = streak(t, BOOL_FALSE);
    u->last_game_margin = last_margin(t);
    for (size_t i = 0; i < t->offense_count; i++) {
        u->wins += t->offense[i]->won == BOOL_TRUE;
        u->losses += t->offense[i]->won == BOOL_FALSE;
    }
}

static void
fill_odds(UpcomingTeam *u, const GameOdds *o)
{
    const bool is_home = u->is_home == BOOL_TRUE;

    u->game_spread = odds_of_side(o->home_spread, is_home);
    u->game_total = o->total;
    u->opening_spread = odds_of_side(o->opening_home_spread, is_home);
    u->opening_total = o->opening_total;
    u->spread_move = u->game_spread - u->opening_spread; /* NaN where either is */
    u->total_move = u->game_total - u->opening_total;
    u->odds_bookmaker = o->bookmaker;
    u->odds_stamp = o->stamp;
}

static void
add_team(Work *w, const Slot *slot, const GameOdds *odds, const char *team)
{
    const TeamReport report = injury_team(w->reports, slot, team);
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
    u.games_played = u.games_in_last_7_days = u.games_in_last_14_days = 0;
    u.wins = u.losses = u.missing_box_scores = 0;
    if (t != NULL)
        fill_team_history(&u, w->view, t);
    fill_odds(&u, odds);
    u.players_out = report.out;
    u.players_questionable = report.questionable;
    w->teams[w->team_count++] = u;
}

static void
add_teams(Work *w)
{
    for (size_t i = 0; i < w->view->slate_count; i++) {
        const Slot *slot = &w->slate->slots[i];
        const ScheduleGame *g = slot->row;
        const bool is_away_first = strcmp(g->away_team, g->home_team) < 0;
        const GameOdds odds = game_odds(w->facts->game_lines, w->facts->game_line_count, slot, w->arena);

        add_team(w, slot, &odds, is_away_first ? g->away_team : g->home_team);
        add_team(w, slot, &odds, is_away_first ? g->home_team : g->away_team);
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
        if (i == 0 || w->slate->slots[i].tip_off.us < first_tip.us)
            first_tip = w->slate->slots[i].tip_off;
    for (size_t i = 0; i < w->view->player_count; i++)
        if (date_is_null(newest) || date_before(newest, w->view->players[i].games[0]->game_date))
            newest = w->view->players[i].games[0]->game_date;
    if (!date_is_null(newest)) {
        out = date_eastern_instant(date_add(newest, 1), OUTCOME_STAMP_HOUR, 0);
        if (!instant_is_null(first_tip) && out.us >= first_tip.us)
            out.us = first_tip.us - ONE_MINUTE_US;
    }
    for (size_t i = 0; i < w->player_count; i++)
        out = later(out, later(w->players[i].line_stamp, w->players[i].report_stamp));
    for (size_t i = 0; i < w->team_count; i++)
        out = later(out, w->teams[i].odds_stamp);
    return out;
}

/* ---- names ---- */

static int
unresolved_cmp(const void *x, const void *y)
{
    const UnresolvedName *a = x;
    const UnresolvedName *b = y;
    int c = strcmp(a->feed, b->feed);

    if (c == 0)
        c = strcmp(a->player_name, b->player_name);
    return c != 0 ? c : strcmp(a->team, b->team);
}

static void
list_unresolved(Work *w)
{
    size_t of_lines, of_reports;
    const UnresolvedName *lines = points_lines_unresolved(w->lines, &of_lines);
    const UnresolvedName *reports = injury_reports_unresolved(w->reports, &of_reports);

    w->unresolved_count = of_lines + of_reports;
    w->unresolved = arena_array(w->arena, w->unresolved_count, sizeof w->unresolved[0]);
    for (size_t i = 0; i < of_lines; i++)
        w->unresolved[i] = lines[i];
    for (size_t i = 0; i < of_reports; i++)
        w->unresolved[of_lines + i] = reports[i];
    if (w->unresolved_count > 0)
        qsort(w->unresolved, w->unresolved_count, sizeof w->unresolved[0], unresolved_cmp);
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
    w->slate = slate_of(v, facts->lines, facts->line_count, facts->game_lines, facts->game_line_count, a);
    w->lines = points_lines(w->slate, facts->lines, facts->line_count);
    w->reports = injury_reports(w->slate, facts->reports, facts->report_count);
    for (size_t i = 0; i < v->player_count; i++)
        add_player(w, &v->players[i]);
    add_teams(w);
    list_unresolved(w);
    *out = (UpcomingContext){.players = w->players,
                             .player_count = w->player_count,
                             .teams = w->teams,
                             .team_count = w->team_count,
                             .unresolved = w->unresolved,
                             .unresolved_count = w->unresolved_count,
                             .as_of = latest_stamp(w)};
    return out;
}
