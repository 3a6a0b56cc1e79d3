/*
 * workers/league/league_index.c
 *    Lists of rows, newest first, under the names of players and teams; views as ends of these lists.
 *
 * Rows mostly arrive date by date, so a list grows at its front: its array is filled from the end.
 */
#include "workers/league/league_index.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a list is ordered by: newest first, and of one date the greatest game id. Two rows of one
 * game never stand in one list. */
typedef struct {
    GameDate date;
    const char *game_id;
} GameKey;

/* Pointers to rows of one kind, at first..cap - 1 of an array of cap. */
typedef struct {
    GameKey *keys;
    unsigned char *rows;
    size_t first, cap;
} RowList;

enum { POINTER_SIZE = sizeof(void *), FIRST_CAP = 8, FIRST_SLOTS = 64 };

/* Names in the order in which they came; slots holds their places plus one, 0 is free. */
typedef struct {
    const char **names;
    size_t count, cap;
    uint32_t *slots;
    size_t slot_count;
} NameMap;

typedef struct {
    RowList games, played;
} PlayerRows;

/* games and history: all games of the season's schedule, newest first. */
typedef struct {
    RowList offense, defense;
    const ScheduleGame **games;
    TeamGame *history;
    size_t game_count;
} TeamRows;

struct LeagueIndex {
    Arena *arena;
    int32_t season_year;
    const ScheduleGame **schedule; /* oldest first, within a date by game id */
    size_t schedule_count;
    NameMap player_names, team_names;
    PlayerRows *players; /* by the places in their maps */
    TeamRows *teams;
    size_t player_cap, team_cap;
    uint32_t *player_order, *team_order; /* places, sorted by name */
    size_t player_order_cap, team_order_cap;
};

/* ---- lists ---- */

/* Negative when a stands before b. */
static int
key_cmp(GameKey a, GameKey b)
{
    if (!date_equal(a.date, b.date))
        return date_before(b.date, a.date) ? -1 : 1;
    return strcmp(b.game_id, a.game_id);
}

static void
list_grow(RowList *l, Arena *a)
{
    size_t cap = l->cap == 0 ? FIRST_CAP : 2 * l->cap, count = l->cap - l->first;
    GameKey *keys = arena_array(a, cap, sizeof keys[0]);
    unsigned char *rows = arena_array(a, cap, POINTER_SIZE);

    if (count > 0) {
        memcpy(keys + cap - count, l->keys + l->first, count * sizeof keys[0]);
        memcpy(rows + (cap - count) * POINTER_SIZE, l->rows + l->first * POINTER_SIZE, count * POINTER_SIZE);
    }
    *l = (RowList){.keys = keys, .rows = rows, .first = cap - count, .cap = cap};
}

/* row: where the pointer to the row stands. */
static void
list_put(RowList *l, GameKey key, const void *row, Arena *a)
{
    size_t at;

    if (l->first == 0)
        list_grow(l, a);
    for (at = l->first; at < l->cap && key_cmp(l->keys[at], key) < 0; at++)
        continue;
    if (at > l->first) {
        memmove(l->keys + l->first - 1, l->keys + l->first, (at - l->first) * sizeof l->keys[0]);
        memmove(l->rows + (l->first - 1) * POINTER_SIZE, l->rows + l->first * POINTER_SIZE,
                (at - l->first) * POINTER_SIZE);
    }
    l->first--;
    l->keys[at - 1] = key;
    memcpy(l->rows + (at - 1) * POINTER_SIZE, row, POINTER_SIZE);
}

/* The first place whose row is older than the date. */
static size_t
list_before(const RowList *l, GameDate date)
{
    size_t low = l->first, high = l->cap;

    if (low < high && date_before(l->keys[low].date, date))
        return low; /* as it is when dates are computed in their order */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (date_before(l->keys[middle].date, date))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static const void *
list_at(const RowList *l, size_t at)
{
    return l->rows + at * POINTER_SIZE;
}

/* ---- names ---- */

static size_t
hash_name(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32));
}

/* The slot of the name, or the free one where it belongs. */
static uint32_t *
name_slot(const NameMap *m, const char *name)
{
    size_t at = hash_name(name) & (m->slot_count - 1);

    while (m->slots[at] != 0 && strcmp(m->names[m->slots[at] - 1], name) != 0)
        at = (at + 1) & (m->slot_count - 1);
    return &m->slots[at];
}

static void
names_rehash(NameMap *m, Arena *a)
{
    m->slot_count = m->slot_count == 0 ? FIRST_SLOTS : 2 * m->slot_count;
    m->slots = arena_array(a, m->slot_count, sizeof m->slots[0]);
    for (size_t i = 0; i < m->count; i++)
        *name_slot(m, m->names[i]) = (uint32_t)(i + 1);
}

/* Keeps order, which has a place for every name, sorted by name. */
static void
order_insert(const NameMap *m, uint32_t *order, uint32_t place)
{
    size_t low = 0, high = m->count - 1;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(m->names[order[middle]], m->names[place]) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(order + low + 1, order + low, (m->count - 1 - low) * sizeof order[0]);
    order[low] = place;
}

/* The place of the name; *is_new when it has just got one. The name is borrowed. */
static uint32_t
name_place(NameMap *m, const char *name, bool *is_new, Arena *a)
{
    uint32_t *slot;

    if (2 * m->count >= m->slot_count)
        names_rehash(m, a);
    slot = name_slot(m, name);
    *is_new = *slot == 0;
    if (*is_new) {
        m->names = arena_room(a, m->names, m->count, &m->cap, sizeof m->names[0]);
        m->names[m->count++] = name;
        *slot = (uint32_t)m->count;
    }
    return *slot - 1;
}

static PlayerRows *
player_rows(LeagueIndex *x, const char *lookup)
{
    bool is_new;
    uint32_t place = name_place(&x->player_names, lookup, &is_new, x->arena);

    if (is_new) {
        x->players = arena_room(x->arena, x->players, place, &x->player_cap, sizeof x->players[0]);
        x->player_order = arena_room(x->arena, x->player_order, place, &x->player_order_cap, sizeof x->player_order[0]);
        x->players[place] = (PlayerRows){0};
        order_insert(&x->player_names, x->player_order, place);
    }
    return &x->players[place];
}

static TeamRows *
team_rows(LeagueIndex *x, const char *team)
{
    bool is_new;
    uint32_t place = name_place(&x->team_names, team, &is_new, x->arena);

    if (is_new) {
        x->teams = arena_room(x->arena, x->teams, place, &x->team_cap, sizeof x->teams[0]);
        x->team_order = arena_room(x->arena, x->team_order, place, &x->team_order_cap, sizeof x->team_order[0]);
        x->teams[place] = (TeamRows){0};
        order_insert(&x->team_names, x->team_order, place);
    }
    return &x->teams[place];
}

/* ---- the schedule ---- */

static GameKey
schedule_key(const ScheduleGame *g)
{
    return (GameKey){g->game_date, g->game_id};
}

static int
schedule_cmp(const void *x, const void *y)
{
    const ScheduleGame *const *a = x;
    const ScheduleGame *const *b = y;

    if (!date_equal((*a)->game_date, (*b)->game_date))
        return date_before((*a)->game_date, (*b)->game_date) ? -1 : 1;
    return strcmp((*a)->game_id, (*b)->game_id);
}

static void
count_team_games(LeagueIndex *x)
{
    for (size_t i = 0; i < x->schedule_count; i++) {
        team_rows(x, x->schedule[i]->home_team)->game_count++;
        team_rows(x, x->schedule[i]->away_team)->game_count++;
    }
    for (size_t t = 0; t < x->team_names.count; t++) {
        x->teams[t].games = arena_array(x->arena, x->teams[t].game_count, sizeof x->teams[t].games[0]);
        x->teams[t].history = arena_array(x->arena, x->teams[t].game_count, sizeof x->teams[t].history[0]);
    }
}

/* Games come newest first. Each team has been given its places by count_team_games(). */
static void
add_team_game(TeamRows *t, const ScheduleGame *g)
{
    assert(t->games != NULL);
    t->games[t->game_count] = g;
    t->history[t->game_count++] = (TeamGame){.game = g};
}

LeagueIndex *
league_index_new(int32_t season_year, const ScheduleGame *schedule, size_t count, Arena *a)
{
    LeagueIndex *x = arena_alloc(a, sizeof *x);

    x->arena = a;
    x->season_year = season_year;
    x->schedule = arena_array(a, count, sizeof x->schedule[0]);
    for (size_t i = 0; i < count; i++) {
        if (schedule[i].season_year == season_year)
            x->schedule[x->schedule_count++] = &schedule[i];
    }
    if (x->schedule_count > 0)
        qsort(x->schedule, x->schedule_count, sizeof x->schedule[0], schedule_cmp);
    count_team_games(x);
    for (size_t t = 0; t < x->team_names.count; t++)
        x->teams[t].game_count = 0;
    for (size_t i = x->schedule_count; i-- > 0;) {
        add_team_game(team_rows(x, x->schedule[i]->home_team), x->schedule[i]);
        add_team_game(team_rows(x, x->schedule[i]->away_team), x->schedule[i]);
    }
    return x;
}

/* The team's scheduled game, or NULL. */
static TeamGame *
find_team_game(const TeamRows *t, GameKey key)
{
    size_t low = 0, high = t->game_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = key_cmp(schedule_key(t->games[middle]), key);

        if (c == 0)
            return &t->history[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- outcomes ---- */

static void
add_player_game(LeagueIndex *x, const PlayerGame *g)
{
    PlayerRows *p = player_rows(x, g->player_lookup);
    const GameKey key = {g->game_date, g->game_id};

    list_put(&p->games, key, &g, x->arena);
    if (player_game_is_played(g))
        list_put(&p->played, key, &g, x->arena);
}

static void
add_offense(LeagueIndex *x, const TeamOffense *o)
{
    const GameKey key = {o->game_date, o->game_id};
    TeamRows *own = team_rows(x, o->team);
    TeamGame *game = find_team_game(own, key);
    const char *opponent;

    list_put(&own->offense, key, &o, x->arena);
    if (game == NULL)
        return;
    game->offense = o;
    opponent = strcmp(o->team, game->game->home_team) == 0 ? game->game->away_team : game->game->home_team;
    game = find_team_game(team_rows(x, opponent), key);
    if (game != NULL)
        game->allowed = o;
}

static void
add_defense(LeagueIndex *x, const TeamDefense *d)
{
    const GameKey key = {d->game_date, d->game_id};
    TeamRows *own = team_rows(x, d->team);
    TeamGame *game = find_team_game(own, key);

    list_put(&own->defense, key, &d, x->arena);
    if (game != NULL)
        game->defense = d;
}

void
league_index_add(LeagueIndex *x, const LeagueRows *rows)
{
    for (size_t i = 0; i < rows->player_game_count; i++) {
        if (rows->player_games[i].season_year == x->season_year)
            add_player_game(x, &rows->player_games[i]);
    }
    for (size_t i = 0; i < rows->offense_count; i++) {
        if (rows->offense[i].season_year == x->season_year)
            add_offense(x, &rows->offense[i]);
    }
    for (size_t i = 0; i < rows->defense_count; i++) {
        if (rows->defense[i].season_year == x->season_year)
            add_defense(x, &rows->defense[i]);
    }
}

/* ---- views ---- */

static void
view_players(LeagueView *v, const LeagueIndex *x, Arena *a)
{
    LeaguePlayer *players = arena_array(a, x->player_names.count, sizeof players[0]);

    for (size_t i = 0; i < x->player_names.count; i++) {
        const PlayerRows *rows = &x->players[x->player_order[i]];
        size_t from = list_before(&rows->games, v->date), played_from;
        LeaguePlayer *p = &players[v->player_count];

        if (from == rows->games.cap)
            continue;
        played_from = list_before(&rows->played, v->date);
        *p = (LeaguePlayer){.lookup = x->player_names.names[x->player_order[i]],
                            .games = list_at(&rows->games, from),
                            .game_count = rows->games.cap - from,
                            .played = list_at(&rows->played, played_from),
                            .played_count = rows->played.cap - played_from};
        p->name = p->games[0]->player_name;
        p->team = p->games[0]->team;
        v->player_count++;
    }
    v->players = players;
}

static void
view_holes(LeagueTeam *t, Arena *a)
{
    const ScheduleGame **holes;

    for (size_t i = 0; i < t->past_count; i++)
        t->hole_count += !team_game_is_complete(&t->history[i]);
    if (t->hole_count == 0)
        return;
    holes = arena_array(a, t->hole_count, sizeof holes[0]);
    t->holes = holes;
    for (size_t i = 0; i < t->past_count; i++) {
        if (!team_game_is_complete(&t->history[i]))
            *holes++ = t->past[i];
    }
}

/* False when the schedule does not show the team yet. */
static bool
view_team(LeagueTeam *t, const char *name, const TeamRows *rows, GameDate date, Arena *a)
{
    size_t future = 0, from, offense = list_before(&rows->offense, date), defense = list_before(&rows->defense, date);

    while (future < rows->game_count && date_before(date, rows->games[future]->game_date))
        future++;
    if (future == rows->game_count)
        return false;
    for (from = future; from < rows->game_count && date_equal(rows->games[from]->game_date, date); from++)
        continue;
    *t = (LeagueTeam){.team = name,
                      .offense = list_at(&rows->offense, offense),
                      .offense_count = rows->offense.cap - offense,
                      .defense = list_at(&rows->defense, defense),
                      .defense_count = rows->defense.cap - defense,
                      .past = rows->games + from,
                      .history = rows->history + from,
                      .past_count = rows->game_count - from,
                      .today = from > future ? rows->games[from - 1] : NULL};
    view_holes(t, a);
    return true;
}

static void
view_teams(LeagueView *v, const LeagueIndex *x, Arena *a)
{
    LeagueTeam *teams = arena_array(a, x->team_names.count, sizeof teams[0]);

    for (size_t i = 0; i < x->team_names.count; i++) {
        const uint32_t place = x->team_order[i];
        LeagueTeam *t = &teams[v->team_count];

        if (!view_team(t, x->team_names.names[place], &x->teams[place], v->date, a))
            continue;
        if (v->team_count == 0 || t->offense_count < (size_t)v->least_games)
            v->least_games = (int32_t)t->offense_count;
        v->hole_count += t->hole_count;
        v->team_count++;
    }
    v->teams = teams;
}

static void
view_schedule(LeagueView *v, const LeagueIndex *x)
{
    size_t low = 0, high = x->schedule_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (date_before(x->schedule[middle]->game_date, v->date))
            low = middle + 1;
        else
            high = middle;
    }
    while (high < x->schedule_count && date_equal(x->schedule[high]->game_date, v->date))
        high++;
    v->slate = x->schedule + low;
    v->slate_count = high - low;
    if (high == 0)
        return;
    v->opening_night = x->schedule[0]->game_date;
    v->season_day = date_diff(v->date, v->opening_night);
}

const LeagueView *
league_index_view(const LeagueIndex *x, GameDate date, Arena *a)
{
    LeagueView *v = arena_alloc(a, sizeof *v);

    *v = (LeagueView){
        .date = date, .season_year = x->season_year, .opening_night = GAME_DATE_NULL, .season_day = NULL_I32};
    view_players(v, x, a);
    view_teams(v, x, a);
    view_schedule(v, x);
    return v;
}
