/*
 * workers/league/league.c
 *    Cuts a season's rows off at a date and arranges what is left by player and by team.
 *
 * Knows nothing of where the rows come from or of what is computed from them.
 */
#include "workers/league/league.h"
#include <stdlib.h>
#include <string.h>

enum { EARLY_SEASON_DAYS = 14, LEAST_MINIMUM_GAMES = 5 };

/* One row under one key. The four kinds of row are arranged by the same code. */
typedef struct {
    const char *key;
    GameDate date;
    const char *game_id;
    const void *row;
} Item;

typedef struct {
    Item *items;
    size_t count;
} ItemList;

/* items: newest first. */
typedef struct {
    const char *key;
    Item *items;
    size_t count;
} Group;

/* Sorted by key. */
typedef struct {
    Group *groups;
    size_t count;
} GroupList;

static bool
is_past(int32_t season_year, GameDate game_date, const LeagueView *v)
{
    return season_year == v->season_year && date_before(game_date, v->date);
}

static ItemList
items_new(size_t capacity, Arena *a)
{
    return (ItemList){.items = arena_array(a, capacity, sizeof(Item))};
}

static void
items_add(ItemList *list, const char *key, GameDate date, const char *game_id, const void *row)
{
    list->items[list->count++] = (Item){.key = key, .date = date, .game_id = game_id, .row = row};
}

/* Newest first; two rows of one game never share a key, so this is a total order. */
static int
item_cmp(const void *x, const void *y)
{
    const Item *a = x;
    const Item *b = y;

    if (!date_equal(a->date, b->date))
        return date_before(b->date, a->date) ? -1 : 1;
    return strcmp(b->game_id, a->game_id);
}

static int
group_cmp(const void *x, const void *y)
{
    const Group *a = x;
    const Group *b = y;

    return strcmp(a->key, b->key);
}

static size_t
hash_key(const char *key)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32));
}

/* The group of key; makes it when it is new. slots holds group indexes plus one, 0 is free. */
static uint32_t
group_of(GroupList *list, uint32_t *slots, size_t mask, const char *key)
{
    size_t at = hash_key(key) & mask;

    while (slots[at] != 0) {
        if (strcmp(list->groups[slots[at] - 1].key, key) == 0)
            return slots[at] - 1;
        at = (at + 1) & mask;
    }
    list->groups[list->count] = (Group){.key = key};
    slots[at] = (uint32_t)++list->count;
    return slots[at] - 1;
}

static void
group_order(Group *g)
{
    for (size_t i = 1; i < g->count; i++) {
        if (item_cmp(&g->items[i - 1], &g->items[i]) > 0) {
            qsort(g->items, g->count, sizeof g->items[0], item_cmp);
            return;
        }
    }
}

/* Hashing instead of sorting everything: a season is regrouped for each of its dates. */
static GroupList
items_group(const ItemList *list, Arena *a)
{
    GroupList out = {.groups = arena_array(a, list->count, sizeof(Group))};
    uint32_t *group = arena_array(a, list->count, sizeof group[0]);
    Item *placed = arena_array(a, list->count, sizeof placed[0]);
    size_t slot_count = 16;
    uint32_t *slots;

    while (slot_count < 2 * list->count)
        slot_count *= 2;
    slots = arena_array(a, slot_count, sizeof slots[0]);
    for (size_t i = 0; i < list->count; i++) {
        group[i] = group_of(&out, slots, slot_count - 1, list->items[i].key);
        out.groups[group[i]].count++;
    }
    for (size_t g = 0; g < out.count; placed += out.groups[g++].count)
        out.groups[g].items = placed + out.groups[g].count; /* one past its end */
    /* Filled backwards, since rows mostly come oldest first and then need no sorting. */
    for (size_t i = 0; i < list->count; i++)
        *--out.groups[group[i]].items = list->items[i];
    for (size_t g = 0; g < out.count; g++)
        group_order(&out.groups[g]);
    if (out.count > 0)
        qsort(out.groups, out.count, sizeof(Group), group_cmp);
    return out;
}

static const Group *
group_find(const GroupList *list, const char *key)
{
    const Group wanted = {.key = key};

    if (list->count == 0)
        return NULL;
    return bsearch(&wanted, list->groups, list->count, sizeof(Group), group_cmp);
}

static GroupList
group_players(const LeagueRows *rows, const LeagueView *v, Arena *a)
{
    ItemList list = items_new(rows->player_game_count, a);

    for (size_t i = 0; i < rows->player_game_count; i++) {
        const PlayerGame *g = &rows->player_games[i];

        if (is_past(g->season_year, g->game_date, v))
            items_add(&list, g->player_lookup, g->game_date, g->game_id, g);
    }
    return items_group(&list, a);
}

static GroupList
group_offense(const LeagueRows *rows, const LeagueView *v, Arena *a)
{
    ItemList list = items_new(rows->offense_count, a);

    for (size_t i = 0; i < rows->offense_count; i++) {
        const TeamOffense *g = &rows->offense[i];

        if (is_past(g->season_year, g->game_date, v))
            items_add(&list, g->team, g->game_date, g->game_id, g);
    }
    return items_group(&list, a);
}

static GroupList
group_defense(const LeagueRows *rows, const LeagueView *v, Arena *a)
{
    ItemList list = items_new(rows->defense_count, a);

    for (size_t i = 0; i < rows->defense_count; i++) {
        const TeamDefense *g = &rows->defense[i];

        if (is_past(g->season_year, g->game_date, v))
            items_add(&list, g->team, g->game_date, g->game_id, g);
    }
    return items_group(&list, a);
}

static bool
is_visible(const ScheduleGame *g, const LeagueView *v)
{
    return g->season_year == v->season_year && !date_before(v->date, g->game_date);
}

/* The schedule up to and including the date, each game under both of its teams. */
static GroupList
group_schedule(const LeagueRows *rows, const LeagueView *v, Arena *a)
{
    ItemList list = items_new(2 * rows->schedule_count, a);

    for (size_t i = 0; i < rows->schedule_count; i++) {
        const ScheduleGame *g = &rows->schedule[i];

        if (!is_visible(g, v))
            continue;
        items_add(&list, g->home_team, g->game_date, g->game_id, g);
        items_add(&list, g->away_team, g->game_date, g->game_id, g);
    }
    return items_group(&list, a);
}

static void
fill_players(LeagueView *v, const GroupList *by_player, Arena *a)
{
    LeaguePlayer *players = arena_array(a, by_player->count, sizeof players[0]);

    for (size_t i = 0; i < by_player->count; i++) {
        const Group *g = &by_player->groups[i];
        const PlayerGame **games = arena_array(a, g->count, sizeof games[0]);

        for (size_t k = 0; k < g->count; k++)
            games[k] = g->items[k].row;
        players[i] = (LeaguePlayer){.lookup = g->key,
                                    .name = games[0]->player_name,
                                    .team = games[0]->team,
                                    .games = games,
                                    .game_count = g->count};
    }
    v->players = players;
    v->player_count = by_player->count;
}

static void
fill_team_schedule(LeagueTeam *t, const Group *g, GameDate date, Arena *a)
{
    const ScheduleGame **past = arena_array(a, g->count, sizeof past[0]);

    for (size_t k = 0; k < g->count; k++) {
        if (date_equal(g->items[k].date, date))
            t->today = g->items[k].row;
        else
            past[t->past_count++] = g->items[k].row;
    }
    t->team = g->key;
    t->past = past;
}

static void
fill_team_offense(LeagueTeam *t, const Group *g, Arena *a)
{
    const TeamOffense **rows;

    if (g == NULL)
        return;
    rows = arena_array(a, g->count, sizeof rows[0]);
    for (size_t k = 0; k < g->count; k++)
        rows[k] = g->items[k].row;
    t->offense = rows;
    t->offense_count = g->count;
}

static void
fill_team_defense(LeagueTeam *t, const Group *g, Arena *a)
{
    const TeamDefense **rows;

    if (g == NULL)
        return;
    rows = arena_array(a, g->count, sizeof rows[0]);
    for (size_t k = 0; k < g->count; k++)
        rows[k] = g->items[k].row;
    t->defense = rows;
    t->defense_count = g->count;
}

static void
fill_teams(LeagueView *v, const LeagueRows *rows, Arena *a)
{
    GroupList schedule = group_schedule(rows, v, a);
    GroupList offense = group_offense(rows, v, a);
    GroupList defense = group_defense(rows, v, a);
    LeagueTeam *teams = arena_array(a, schedule.count, sizeof teams[0]);

    for (size_t i = 0; i < schedule.count; i++) {
        const char *key = schedule.groups[i].key;

        fill_team_schedule(&teams[i], &schedule.groups[i], v->date, a);
        fill_team_offense(&teams[i], group_find(&offense, key), a);
        fill_team_defense(&teams[i], group_find(&defense, key), a);
    }
    v->teams = teams;
    v->team_count = schedule.count;
}

static int
slate_cmp(const void *x, const void *y)
{
    const ScheduleGame *const *a = x;
    const ScheduleGame *const *b = y;

    return strcmp((*a)->game_id, (*b)->game_id);
}

static void
fill_slate(LeagueView *v, const LeagueRows *rows, Arena *a)
{
    const ScheduleGame **slate = arena_array(a, rows->schedule_count, sizeof slate[0]);

    for (size_t i = 0; i < rows->schedule_count; i++) {
        const ScheduleGame *g = &rows->schedule[i];

        if (!is_visible(g, v))
            continue;
        if (date_is_null(v->opening_night) || date_before(g->game_date, v->opening_night))
            v->opening_night = g->game_date;
        if (date_equal(g->game_date, v->date))
            slate[v->slate_count++] = g;
    }
    if (v->slate_count > 0)
        qsort(slate, v->slate_count, sizeof slate[0], slate_cmp);
    v->slate = slate;
}

static int32_t
least_games(const LeagueView *v)
{
    size_t least = v->team_count == 0 ? 0 : v->teams[0].offense_count;

    for (size_t i = 1; i < v->team_count; i++) {
        if (v->teams[i].offense_count < least)
            least = v->teams[i].offense_count;
    }
    return (int32_t)least;
}

const LeagueView *
league_view(const LeagueRows *rows, GameDate date, Arena *a)
{
    LeagueView *v = arena_alloc(a, sizeof *v);
    GroupList by_player;

    *v = (LeagueView){
        .date = date, .season_year = date_season_year(date), .opening_night = GAME_DATE_NULL, .season_day = NULL_I32};
    by_player = group_players(rows, v, a);
    fill_players(v, &by_player, a);
    fill_teams(v, rows, a);
    fill_slate(v, rows, a);
    if (!date_is_null(v->opening_night))
        v->season_day = date_diff(date, v->opening_night);
    v->least_games = least_games(v);
    return v;
}

static int
player_key_cmp(const void *key, const void *element)
{
    const LeaguePlayer *p = element;

    return strcmp(key, p->lookup);
}

static int
team_key_cmp(const void *key, const void *element)
{
    const LeagueTeam *t = element;

    return strcmp(key, t->team);
}

const LeaguePlayer *
league_player(const LeagueView *v, const char *lookup)
{
    if (v->player_count == 0)
        return NULL;
    return bsearch(lookup, v->players, v->player_count, sizeof v->players[0], player_key_cmp);
}

const LeagueTeam *
league_team(const LeagueView *v, const char *team)
{
    if (v->team_count == 0)
        return NULL;
    return bsearch(team, v->teams, v->team_count, sizeof v->teams[0], team_key_cmp);
}

int32_t
league_team_days_rest(const LeagueView *v, const LeagueTeam *team)
{
    return team->past_count == 0 ? NULL_I32 : date_diff(v->date, team->past[0]->game_date);
}

int32_t
league_minimum_games(const LeagueView *v, int32_t final_minimum)
{
    int32_t minimum = v->least_games < LEAST_MINIMUM_GAMES ? LEAST_MINIMUM_GAMES : v->least_games;

    return minimum < final_minimum ? minimum : final_minimum;
}

bool
league_is_early_season(const LeagueView *v)
{
    return v->season_day >= 0 && v->season_day < EARLY_SEASON_DAYS;
}
