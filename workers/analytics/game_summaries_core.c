/*
 * workers/analytics/game_summaries_core.c
 *    Lines are placed in their games, shots with their lines, then each game makes its rows.
 */
#include "workers/analytics/game_summaries_core.h"
#include <stdlib.h>
#include <string.h>
#include "workers/names/resolve.h"

#define PROCESSOR_NAME "game_summaries"
#define FEED_NAME "shots"

enum { REGULATION_MINUTES = 240, OVERTIME_MINUTES = 25 }; /* of a team's five players */
enum { SIDE_AWAY, SIDE_HOME, SIDE_COUNT };

static const double HOOP_Y_FT = 5.25; /* the hoop's centre from the baseline */
static const double PAINT_REACH_FT = 8.0;

typedef enum { ZONE_PAINT, ZONE_MID, ZONE_THREE, ZONE_COUNT, ZONE_UNKNOWN = ZONE_COUNT } Zone;

typedef struct {
    int32_t attempts[ZONE_COUNT], makes[ZONE_COUNT];           /* by zone, where it is known */
    int32_t area_attempts[ZONE_COUNT], area_makes[ZONE_COUNT]; /* by the source's own zone, likewise */
    int32_t all_attempts, all_makes, all_with_area;
} ShotSum;

/* One player's box-score line. */
typedef struct {
    const RawBoxscore *row;
    const char *lookup;
    const char *name;
    bool is_double; /* the player has another line on this date */
    ShotSum shots;
} Line;

typedef struct {
    double minutes;
    int32_t points, fg_makes, fg_attempts, three_makes, three_attempts, ft_makes, ft_attempts;
    int32_t offensive_rebounds, defensive_rebounds, turnovers, steals, blocks;
} BoxSum;

/* lines: sorted by lookup. */
typedef struct {
    const char *team, *opponent;
    Line *lines;
    NameCandidate *candidates; /* parallel to lines */
    size_t line_count;
    bool has_rejected;
    BoxSum box;
    ShotSum shots; /* every shot of the team, whoever took it */
    int32_t overtime_periods;
    bool is_complete;
} Side;

typedef struct {
    const ScheduleGame *row;
    Side sides[SIDE_COUNT];
} Game;

typedef struct {
    const GameFacts *facts;
    Arena *arena;
    Game *games; /* sorted by game id */
    size_t game_count;
    PlayerGame *players;
    TeamOffense *offense;
    TeamDefense *defense;
    UnresolvedName *unresolved;
    Rejection *rejections;
    GameSummaries out; /* its counts grow with the arrays above */
} Work;

static void
reject(Work *w, const char *entity, const char *reason)
{
    w->rejections[w->out.rejection_count++] = (Rejection){.entity = entity, .reason = reason};
}

/* ---- games ---- */

static int
game_cmp(const void *x, const void *y)
{
    return strcmp(((const Game *)x)->row->game_id, ((const Game *)y)->row->game_id);
}

static void
make_games(Work *w)
{
    const GameFacts *f = w->facts;

    w->games = arena_array(w->arena, f->schedule_count, sizeof w->games[0]);
    for (size_t i = 0; i < f->schedule_count; i++) {
        const ScheduleGame *s = &f->schedule[i];

        if (!date_equal(s->game_date, f->date))
            continue;
        w->games[w->game_count++] = (Game){.row = s,
                                           .sides = {[SIDE_AWAY] = {.team = s->away_team, .opponent = s->home_team},
                                                     [SIDE_HOME] = {.team = s->home_team, .opponent = s->away_team}}};
    }
    if (w->game_count > 0)
        qsort(w->games, w->game_count, sizeof w->games[0], game_cmp);
}

/* NULL when the schedule has no such game or it is not the team's. */
static Side *
find_side(Work *w, const char *game_id, const char *team)
{
    for (size_t i = 0; i < w->game_count; i++) {
        Game *g = &w->games[i];

        if (strcmp(g->row->game_id, game_id) != 0)
            continue;
        for (size_t s = 0; s < SIDE_COUNT; s++)
            if (strcmp(g->sides[s].team, team) == 0)
                return &g->sides[s];
    }
    return NULL;
}

/* ---- box-score lines ---- */

static const char *
trimmed(const char *s, Arena *a)
{
    size_t len;

    s += strspn(s, " \t");
    for (len = strlen(s); len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'); len--)
        continue;
    return arena_strndup(a, s, len);
}

/* NULL for a line that can be right. */
static const char *
line_fault(const RawBoxscore *r)
{
    const int32_t counts[] = {
        r->fg_makes,    r->fg_attempts,        r->three_makes,        r->three_attempts, r->ft_makes,
        r->ft_attempts, r->offensive_rebounds, r->defensive_rebounds, r->assists,        r->steals,
        r->blocks,      r->turnovers,          r->personal_fouls,     r->points};

    if (!(r->minutes >= 0.0)) /* NaN fails too */
        return "negative minutes";
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        if (counts[i] < 0)
            return "negative count";
    if (r->fg_makes > r->fg_attempts || r->three_makes > r->three_attempts || r->ft_makes > r->ft_attempts)
        return "more makes than attempts";
    if (r->three_makes > r->fg_makes || r->three_attempts > r->fg_attempts)
        return "more threes than field goals";
    if (r->points != 2 * r->fg_makes + r->three_makes + r->ft_makes)
        return "points are not those of the makes";
    return NULL;
}

static int
line_cmp(const void *x, const void *y)
{
    const Line *a = x;
    const Line *b = y;
    int c = strcmp(a->lookup, b->lookup);

    if (c == 0)
        c = strcmp(a->row->game_id, b->row->game_id);
    if (c == 0)
        c = strcmp(a->row->team, b->row->team);
    return c != 0 ? c : strcmp(a->row->player_name, b->row->player_name);
}

/* Lines of scheduled games, sorted by lookup; a name that leaves no lookup has its spelling, so
 * that it sorts and is named, and is refused when it is placed. */
static Line *
sorted_lines(Work *w)
{
    const GameFacts *f = w->facts;
    Line *lines = arena_array(w->arena, f->box_count, sizeof lines[0]);
    size_t n = 0;

    for (size_t i = 0; i < f->box_count; i++) {
        const char *lookup;

        if (f->box[i].is_scheduled != BOOL_TRUE)
            continue;
        lookup = player_canonical(f->box[i].player_name, w->arena);
        lines[n++] = (Line){.row = &f->box[i],
                            .lookup = lookup != NULL ? lookup : f->box[i].player_name,
                            .name = trimmed(f->box[i].player_name, w->arena)};
    }
    w->out.scheduled_lines = n;
    if (n > 0)
        qsort(lines, n, sizeof lines[0], line_cmp);
    for (size_t i = 1; i < n; i++)
        if (strcmp(lines[i - 1].lookup, lines[i].lookup) == 0)
            lines[i - 1].is_double = lines[i].is_double = true;
    return lines;
}

static void
box_add(BoxSum *sum, const RawBoxscore *r)
{
    sum->minutes += r->minutes;
    sum->points += r->points;
    sum->fg_makes += r->fg_makes;
    sum->fg_attempts += r->fg_attempts;
    sum->three_makes += r->three_makes;
    sum->three_attempts += r->three_attempts;
    sum->ft_makes += r->ft_makes;
    sum->ft_attempts += r->ft_attempts;
    sum->offensive_rebounds += r->offensive_rebounds;
    sum->defensive_rebounds += r->defensive_rebounds;
    sum->turnovers += r->turnovers;
    sum->steals += r->steals;
    sum->blocks += r->blocks;
}

static void
place_line(Work *w, const Line *line)
{
    Side *side = find_side(w, line->row->game_id, line->row->team);
    const char *fault = side == NULL ? "not a game and team of the schedule" : line_fault(line->row);
    const bool is_named = player_lookup(line->row->player_name, w->arena) != NULL;

    if (fault == NULL && !is_named)
        fault = "no name";
    if (fault == NULL && line->is_double)
        fault = "two lines for one player";
    if (fault != NULL) {
        reject(w, line->lookup, fault);
        if (side != NULL)
            side->has_rejected = true;
        return;
    }
    side->candidates[side->line_count] = (NameCandidate){.name = line->name, .lookup = line->lookup};
    side->lines[side->line_count++] = *line;
    box_add(&side->box, line->row);
}

static void
place_lines(Work *w)
{
    Line *lines = sorted_lines(w);
    const size_t n = w->out.scheduled_lines;

    for (size_t g = 0; g < w->game_count; g++) {
        for (size_t s = 0; s < SIDE_COUNT; s++) {
            w->games[g].sides[s].lines = arena_array(w->arena, n, sizeof(Line));
            w->games[g].sides[s].candidates = arena_array(w->arena, n, sizeof(NameCandidate));
        }
    }
    for (size_t i = 0; i < n; i++)
        place_line(w, &lines[i]);
}

/* ---- shots ---- */

/* Coordinates before the source's distance: that is in whole feet, rounded down, so that a shot
 * from 8.9 ft would count as paint. */
static double
shot_distance_ft(const RawShot *s)
{
    if (!f64_is_null(s->loc_x) && !f64_is_null(s->loc_y))
        return hypot(s->loc_x, s->loc_y - HOOP_Y_FT);
    return s->distance_ft;
}

static Zone
shot_zone(const RawShot *s)
{
    const double distance_ft = shot_distance_ft(s);

    if (s->is_three == BOOL_TRUE)
        return ZONE_THREE;
    if (f64_is_null(distance_ft))
        return ZONE_UNKNOWN;
    return distance_ft <= PAINT_REACH_FT ? ZONE_PAINT : ZONE_MID;
}

/* What the source calls its zones. */
static Zone
shot_area(const RawShot *s)
{
    static const struct {
        const char *area;
        Zone zone;
    } areas[] = {
        {"Restricted Area", ZONE_PAINT}, {"In The Paint (Non-RA)", ZONE_PAINT}, {"Mid-Range", ZONE_MID},
        {"Left Corner 3", ZONE_THREE},   {"Right Corner 3", ZONE_THREE},        {"Above the Break 3", ZONE_THREE},
        {"Backcourt", ZONE_THREE},
    };

    for (size_t i = 0; s->area != NULL && i < ARRAY_LEN(areas); i++)
        if (strcmp(areas[i].area, s->area) == 0)
            return areas[i].zone;
    return ZONE_UNKNOWN;
}

static void
shot_add(ShotSum *sum, const RawShot *s)
{
    const Zone zone = shot_zone(s), area = shot_area(s);
    const int32_t make = s->made == BOOL_TRUE;

    sum->all_attempts++;
    sum->all_makes += make;
    if (area != ZONE_UNKNOWN) {
        sum->all_with_area++;
        sum->area_attempts[area]++;
        sum->area_makes[area] += make;
    }
    if (zone == ZONE_UNKNOWN)
        return;
    sum->attempts[zone]++;
    sum->makes[zone] += make;
}

static int
shot_cmp(const void *x, const void *y)
{
    const RawShot *a = *(const RawShot *const *)x;
    const RawShot *b = *(const RawShot *const *)y;
    int c = strcmp(a->team, b->team);

    if (c == 0)
        c = strcmp(a->player_name, b->player_name);
    if (c == 0)
        c = strcmp(a->game_id, b->game_id);
    return c != 0 ? c : (a->shot_no > b->shot_no) - (a->shot_no < b->shot_no);
}

static bool
is_same_shooter(const RawShot *a, const RawShot *b)
{
    return strcmp(a->team, b->team) == 0 && strcmp(a->player_name, b->player_name) == 0
           && strcmp(a->game_id, b->game_id) == 0;
}

static const RawShot **
sorted_shots(const GameFacts *f, size_t *count, Arena *a)
{
    const RawShot **shots = arena_array(a, f->shot_count, sizeof shots[0]);

    *count = 0;
    for (size_t i = 0; i < f->shot_count; i++)
        if (f->shots[i].is_scheduled == BOOL_TRUE)
            shots[(*count)++] = &f->shots[i];
    if (*count > 0)
        qsort(shots, *count, sizeof shots[0], shot_cmp);
    return shots;
}

static void
add_unresolved(Work *w, const RawShot *shot, const char *reason, size_t shots)
{
    UnresolvedName *last = w->unresolved + w->out.unresolved_count;

    if (w->out.unresolved_count > 0 && strcmp(last[-1].team, shot->team) == 0
        && strcmp(last[-1].player_name, shot->player_name) == 0) { /* in another game id */
        last[-1].row_count += (int32_t)shots;
        return;
    }
    *last = (UnresolvedName){.game_date = w->facts->date,
                             .processor = PROCESSOR_NAME,
                             .feed = FEED_NAME,
                             .player_name = shot->player_name,
                             .team = shot->team,
                             .reason = reason,
                             .row_count = (int32_t)shots};
    w->out.unresolved_count++;
}

static const char *
unresolved_reason(NameOutcome outcome)
{
    switch (outcome) {
    case NAME_FOUND_EXACT:
    case NAME_FOUND_ALIAS:
    case NAME_FOUND_SUFFIX:
        return NULL;
    case NAME_UNKNOWN:
        return "not_in_box_score";
    case NAME_AMBIGUOUS:
        return "ambiguous";
    case NAME_UNREADABLE:
        return "unreadable";
    }
    return NULL;
}

/* The shots of one shooter in one game. */
static void
place_shooter(Work *w, const RawShot *const *shots, size_t count)
{
    Side *side = find_side(w, shots[0]->game_id, shots[0]->team);
    NameMatch match;

    if (side == NULL) {
        add_unresolved(w, shots[0], "not_a_scheduled_game", count);
        return;
    }
    match = name_resolve(side->candidates, side->line_count, shots[0]->player_name, w->arena);
    for (size_t i = 0; i < count; i++) {
        shot_add(&side->shots, shots[i]);
        if (match.match != NULL)
            shot_add(&side->lines[match.match - side->candidates].shots, shots[i]);
    }
    if (match.match == NULL)
        add_unresolved(w, shots[0], unresolved_reason(match.outcome), count);
}

static int
unresolved_cmp(const void *x, const void *y)
{
    const UnresolvedName *a = x;
    const UnresolvedName *b = y;
    int c = strcmp(a->player_name, b->player_name);

    return c != 0 ? c : strcmp(a->team, b->team);
}

static void
place_shots(Work *w)
{
    size_t count, end;
    const RawShot **shots = sorted_shots(w->facts, &count, w->arena);

    w->unresolved = arena_array(w->arena, count, sizeof w->unresolved[0]);
    for (size_t i = 0; i < count; i = end) {
        for (end = i + 1; end < count && is_same_shooter(shots[i], shots[end]); end++)
            continue;
        place_shooter(w, shots + i, end - i);
    }
    if (w->out.unresolved_count > 0)
        qsort(w->unresolved, w->out.unresolved_count, sizeof w->unresolved[0], unresolved_cmp);
}

/* ---- formulas ---- */

static double
ratio(double over, double under)
{
    return under > 0.0 ? over / under : NULL_F64;
}

static double
plays(int32_t fg_attempts, int32_t ft_attempts, int32_t turnovers)
{
    return fg_attempts + 0.44 * ft_attempts + turnovers;
}

static double
possessions(const BoxSum *b)
{
    return plays(b->fg_attempts, b->ft_attempts, b->turnovers) - b->offensive_rebounds;
}

static double
pace(const BoxSum *b)
{
    return possessions(b) > 0.0 ? ratio(possessions(b) * 48.0, b->minutes / 5.0) : NULL_F64;
}

static double
rating(const BoxSum *b)
{
    return ratio(100.0 * b->points, possessions(b));
}

static double
true_shooting(int32_t points, int32_t fg_attempts, int32_t ft_attempts)
{
    return ratio(points, 2.0 * (fg_attempts + 0.44 * ft_attempts));
}

static double
usage_pct(const RawBoxscore *r, const BoxSum *team)
{
    const double own = plays(r->fg_attempts, r->ft_attempts, r->turnovers);
    const double all = plays(team->fg_attempts, team->ft_attempts, team->turnovers);

    return round(10.0 * ratio(100.0 * own * 48.0, r->minutes * all)) / 10.0;
}

/* ---- rows ---- */

static void
judge_side(Side *s)
{
    const double extra = s->box.minutes + 1.0 - REGULATION_MINUTES; /* a minute short is tolerated */
    double expected;

    s->overtime_periods = extra > 0.0 ? (int32_t)(extra / OVERTIME_MINUTES) : 0;
    expected = REGULATION_MINUTES + OVERTIME_MINUTES * s->overtime_periods;
    s->is_complete = !s->has_rejected && fabs(s->box.minutes - expected) <= 1.0
                     && (s->shots.all_attempts == 0 || s->shots.all_makes == s->box.fg_makes);
}

/* NULL for a game that can be used. */
static const char *
game_fault(const Game *g)
{
    const Side *away = &g->sides[SIDE_AWAY];
    const Side *home = &g->sides[SIDE_HOME];

    if (away->line_count == 0 && home->line_count == 0)
        return "no box score";
    if (away->line_count == 0 || home->line_count == 0)
        return "box score of one team only";
    if (!(away->box.minutes > 0.0 && home->box.minutes > 0.0))
        return "a team without minutes";
    if (away->box.points == 0 || home->box.points == 0)
        return "a team without points";
    if (away->box.points == home->box.points)
        return "equal scores";
    return NULL;
}

static void
fill_player_zones(PlayerGame *p, const Side *side, const Line *line)
{
    const ShotSum *s = &line->shots;
    int32_t attempts = 0, makes = 0;

    p->has_complete_shot_zones = BOOL_FALSE;
    if (side->shots.all_attempts == 0)
        return;
    if (s->all_attempts == 0 && line->row->fg_attempts > 0)
        return; /* his shots are missing, which is not the same as none */
    p->paint_attempts = s->attempts[ZONE_PAINT];
    p->paint_makes = s->makes[ZONE_PAINT];
    p->mid_attempts = s->attempts[ZONE_MID];
    p->mid_makes = s->makes[ZONE_MID];
    p->three_attempts_shots = s->attempts[ZONE_THREE];
    p->three_makes_shots = s->makes[ZONE_THREE];
    if (side->shots.all_with_area > 0) {
        p->area_paint_attempts = s->area_attempts[ZONE_PAINT];
        p->area_paint_makes = s->area_makes[ZONE_PAINT];
        p->area_mid_attempts = s->area_attempts[ZONE_MID];
        p->area_mid_makes = s->area_makes[ZONE_MID];
        p->area_three_attempts = s->area_attempts[ZONE_THREE];
        p->area_three_makes = s->area_makes[ZONE_THREE];
    }
    for (size_t z = 0; z < ZONE_COUNT; z++) {
        attempts += s->attempts[z];
        makes += s->makes[z];
    }
    p->has_complete_shot_zones = attempts == line->row->fg_attempts && makes == line->row->fg_makes;
}

static void
fill_player_box(PlayerGame *p, const RawBoxscore *r)
{
    p->minutes = r->minutes;
    p->points = r->points;
    p->fg_makes = r->fg_makes;
    p->fg_attempts = r->fg_attempts;
    p->three_makes = r->three_makes;
    p->three_attempts = r->three_attempts;
    p->ft_makes = r->ft_makes;
    p->ft_attempts = r->ft_attempts;
    p->offensive_rebounds = r->offensive_rebounds;
    p->defensive_rebounds = r->defensive_rebounds;
    p->assists = r->assists;
    p->steals = r->steals;
    p->blocks = r->blocks;
    p->turnovers = r->turnovers;
    p->personal_fouls = r->personal_fouls;
    p->ts_pct = true_shooting(r->points, r->fg_attempts, r->ft_attempts);
    p->efg_pct = ratio(r->fg_makes + 0.5 * r->three_makes, r->fg_attempts);
}

static void
make_player(Work *w, const Game *g, size_t side_no, const Line *line)
{
    const Side *side = &g->sides[side_no];
    PlayerGame p = player_game_null();

    p.game_date = w->facts->date;
    p.player_lookup = line->lookup;
    p.player_name = line->name;
    p.game_id = g->row->game_id;
    p.season_year = g->row->season_year;
    p.team = side->team;
    p.opponent = side->opponent;
    p.is_home = side_no == SIDE_HOME;
    p.won = side->box.points > g->sides[1 - side_no].box.points;
    p.is_team_complete = side->is_complete;
    fill_player_box(&p, line->row);
    fill_player_zones(&p, side, line);
    p.usage_rate = usage_pct(line->row, &side->box);
    if (p.usage_rate > 100.0) {
        p.usage_rate = NULL_F64;
        reject(w, line->lookup, "usage rate above 100");
    }
    w->players[w->out.player_count++] = p;
}

static void
fill_offense_box(TeamOffense *t, const BoxSum *b)
{
    t->points = b->points;
    t->fg_makes = b->fg_makes;
    t->fg_attempts = b->fg_attempts;
    t->three_makes = b->three_makes;
    t->three_attempts = b->three_attempts;
    t->ft_makes = b->ft_makes;
    t->ft_attempts = b->ft_attempts;
    t->offensive_rebounds = b->offensive_rebounds;
    t->defensive_rebounds = b->defensive_rebounds;
    t->turnovers = b->turnovers;
    t->minutes = b->minutes;
    t->possessions = possessions(b);
    t->pace = pace(b);
    t->offensive_rating = rating(b);
    t->ts_pct = true_shooting(b->points, b->fg_attempts, b->ft_attempts);
}

static void
fill_offense_zones(TeamOffense *t, const ShotSum *s)
{
    if (s->all_attempts == 0)
        return;
    t->paint_attempts = s->attempts[ZONE_PAINT];
    t->paint_makes = s->makes[ZONE_PAINT];
    t->mid_attempts = s->attempts[ZONE_MID];
    t->mid_makes = s->makes[ZONE_MID];
    t->points_in_paint = 2 * s->makes[ZONE_PAINT];
    if (s->all_with_area == 0)
        return;
    t->area_paint_attempts = s->area_attempts[ZONE_PAINT];
    t->area_paint_makes = s->area_makes[ZONE_PAINT];
    t->area_mid_attempts = s->area_attempts[ZONE_MID];
    t->area_mid_makes = s->area_makes[ZONE_MID];
    t->area_three_attempts = s->area_attempts[ZONE_THREE];
    t->area_three_makes = s->area_makes[ZONE_THREE];
}

static void
make_offense(Work *w, const Game *g, size_t side_no)
{
    const Side *own = &g->sides[side_no];
    const Side *other = &g->sides[1 - side_no];
    TeamOffense t = team_offense_null();

    t.game_date = w->facts->date;
    t.game_id = g->row->game_id;
    t.team = own->team;
    t.opponent = own->opponent;
    t.season_year = g->row->season_year;
    t.is_home = side_no == SIDE_HOME;
    t.won = own->box.points > other->box.points;
    t.opponent_points = other->box.points;
    t.overtime_periods = own->overtime_periods;
    t.is_complete = own->is_complete;
    fill_offense_box(&t, &own->box);
    fill_offense_zones(&t, &own->shots);
    w->offense[w->out.offense_count++] = t;
}

static void
fill_defense_zones(TeamDefense *t, const ShotSum *allowed)
{
    if (allowed->all_attempts == 0)
        return;
    t->paint_attempts = allowed->attempts[ZONE_PAINT];
    t->paint_makes = allowed->makes[ZONE_PAINT];
    t->mid_attempts = allowed->attempts[ZONE_MID];
    t->mid_makes = allowed->makes[ZONE_MID];
    t->three_attempts = allowed->attempts[ZONE_THREE];
    t->three_makes = allowed->makes[ZONE_THREE];
    if (allowed->all_with_area == 0)
        return;
    t->area_paint_attempts = allowed->area_attempts[ZONE_PAINT];
    t->area_paint_makes = allowed->area_makes[ZONE_PAINT];
    t->area_mid_attempts = allowed->area_attempts[ZONE_MID];
    t->area_mid_makes = allowed->area_makes[ZONE_MID];
    t->area_three_attempts = allowed->area_attempts[ZONE_THREE];
    t->area_three_makes = allowed->area_makes[ZONE_THREE];
}

static void
make_defense(Work *w, const Game *g, size_t side_no)
{
    const Side *own = &g->sides[side_no];
    const Side *other = &g->sides[1 - side_no];
    TeamDefense t = team_defense_null();

    t.game_date = w->facts->date;
    t.game_id = g->row->game_id;
    t.team = own->team;
    t.opponent = own->opponent;
    t.season_year = g->row->season_year;
    t.is_home = side_no == SIDE_HOME;
    t.won = own->box.points > other->box.points;
    t.points_allowed = other->box.points;
    t.defensive_rating = rating(&other->box);
    t.opponent_pace = pace(&other->box);
    t.blocks = own->box.blocks;
    t.steals = own->box.steals;
    t.turnovers_forced = other->box.turnovers;
    fill_defense_zones(&t, &other->shots);
    w->defense[w->out.defense_count++] = t;
}

static void
make_game_rows(Work *w, Game *g)
{
    const char *fault = game_fault(g);
    const bool is_away_first = strcmp(g->sides[SIDE_AWAY].team, g->sides[SIDE_HOME].team) < 0;

    if (fault != NULL) {
        reject(w, g->row->game_id, fault);
        return;
    }
    for (size_t k = 0; k < SIDE_COUNT; k++) {
        const size_t side_no = is_away_first ? k : SIDE_COUNT - 1 - k;
        Side *side = &g->sides[side_no];

        judge_side(side);
        make_offense(w, g, side_no);
        make_defense(w, g, side_no);
        for (size_t i = 0; i < side->line_count; i++)
            make_player(w, g, side_no, &side->lines[i]);
    }
}

static int
player_cmp(const void *x, const void *y)
{
    return strcmp(((const PlayerGame *)x)->player_lookup, ((const PlayerGame *)y)->player_lookup);
}

const GameSummaries *
game_summaries(const GameFacts *facts, Arena *a)
{
    Work *w = arena_alloc(a, sizeof *w);
    const size_t teams = SIDE_COUNT * facts->schedule_count;

    w->facts = facts;
    w->arena = a;
    w->players = arena_array(a, facts->box_count, sizeof w->players[0]);
    w->offense = arena_array(a, teams, sizeof w->offense[0]);
    w->defense = arena_array(a, teams, sizeof w->defense[0]);
    /* A line is rejected once at most, for itself or for its usage rate, and a game once. */
    w->rejections = arena_array(a, facts->box_count + facts->schedule_count, sizeof w->rejections[0]);
    make_games(w);
    place_lines(w);
    place_shots(w);
    for (size_t g = 0; g < w->game_count; g++)
        make_game_rows(w, &w->games[g]);
    if (w->out.player_count > 0)
        qsort(w->players, w->out.player_count, sizeof w->players[0], player_cmp);
    w->out.players = w->players;
    w->out.offense = w->offense;
    w->out.defense = w->defense;
    w->out.unresolved = w->unresolved;
    w->out.rejections = w->rejections;
    return &w->out;
}
