/*
 * workers/features/feature_gaps.c
 *    Gaps from holes in windows and from rows that are not there.
 */
#include "workers/features/feature_gaps.h"

#include <string.h>

#include "workers/precompute/windows_core.h"

const char *const gap_reason_names[GAP_REASON_COUNT] = {
    [GAP_INSUFFICIENT_DATA] = "insufficient_data",
    [GAP_MISSING_PHASE4] = "missing_phase4",
    [GAP_PROCESSING_ERROR] = "processing_error",
    [GAP_STALE_DATA] = "stale_data",
    [GAP_WINDOW_HOLE] = "window_hole",
};

/* Windows that a game can be missing from, in the order in which a detail names them. */
typedef enum {
    TOUCHES_SEASON = 1,
    TOUCHES_L10 = 2,
    TOUCHES_L5 = 4,
    TOUCHES_14D = 8,
    TOUCHES_7D = 16,
    TOUCHES_ZONES = 32,
    TOUCHES_TEAM = 64,
    TOUCHES_OPPONENT = 128,
    TOUCHES_OPPONENT_ZONES = 256,
} Touches;

enum { ZONE_GAMES = 10, TEAM_GAMES = 10, OPPONENT_GAMES = 15 };

void
gap_add(GapList *l, const UpcomingPlayer *p, GapReason reason, const char *subject, const char *detail)
{
    l->items = arena_room(l->arena, l->items, l->count, &l->cap, sizeof l->items[0]);
    l->items[l->count++] = (FeatureGap){.player = p, .reason = reason, .subject = subject, .detail = detail};
}

/* ---- holes ---- */

typedef struct {
    const char *game_id;
    unsigned touches;
} Hole;

typedef struct {
    Hole *items;
    size_t count, cap;
    Arena *arena;
} HoleSet;

static void
hole_touch(HoleSet *s, const char *game_id, unsigned touches)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->items[i].game_id, game_id) == 0) {
            s->items[i].touches |= touches;
            return;
        }
    }
    s->items = arena_room(s->arena, s->items, s->count, &s->cap, sizeof s->items[0]);
    s->items[s->count++] = (Hole){.game_id = game_id, .touches = touches};
}

static unsigned
touches_of(const PlayerHistory *h, size_t hole)
{
    const size_t place = history_hole_place(h, hole);
    const int32_t age_days = date_diff(h->date, h->holes[hole]->game_date);

    return TOUCHES_SEASON | (place < 10 ? TOUCHES_L10 : 0) | (place < 5 ? TOUCHES_L5 : 0)
           | (age_days < 14 ? TOUCHES_14D : 0) | (age_days < 7 ? TOUCHES_7D : 0);
}

static const char *
touches_text(unsigned touches, Arena *a)
{
    static const char *const names[] = {
        "season", "L10", "L5", "14d", "7d", "zones_L10", "team_L10", "opponent_L15", "opponent_zones_L15"};
    Buf b = {0};
    const char *text;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if ((touches & 1U << i) != 0)
            buf_printf(&b, "%s%s", b.len > 0 ? " " : "", names[i]);
    }
    text = arena_strdup(a, buf_cstr(&b));
    buf_free(&b);
    return text;
}

/* Games that he played and whose shots nobody has. */
static void
touch_zones(HoleSet *set, const PlayerHistory *h)
{
    const size_t played = (size_t)history_newest(h, ZONE_GAMES).used;

    for (size_t i = 0; i < played; i++) {
        if (i32_is_null(h->played[i]->paint_attempts))
            hole_touch(set, h->played[i]->game_id, TOUCHES_ZONES);
    }
}

static void
touch_team(HoleSet *set, const LeagueTeam *team)
{
    for (size_t i = 0; team != NULL && team->hole_count > 0 && i < team->past_count && i < TEAM_GAMES; i++) {
        if (!team_game_is_complete(&team->history[i]))
            hole_touch(set, team->past[i]->game_id, TOUCHES_TEAM);
    }
}

static void
touch_opponent(HoleSet *set, const LeagueView *v, const TeamZone *row, bool has_shots)
{
    const LeagueTeam *t = league_team(v, row->team);

    for (int32_t i = 0; i < row->missing_game_ids.count; i++)
        hole_touch(set, row->missing_game_ids.items[i], TOUCHES_OPPONENT);
    if (!has_shots || t == NULL || row->window_15_zones_used == row->window_15_used)
        return;
    for (size_t i = 0; i < t->past_count && i < OPPONENT_GAMES; i++) {
        if (team_game_is_defense_known(&t->history[i]) && i32_is_null(t->history[i].defense->paint_attempts))
            hole_touch(set, t->past[i]->game_id, TOUCHES_OPPONENT_ZONES);
    }
}

void
gap_add_holes(GapList *l, const UpcomingPlayer *p, const LeagueView *v, const PlayerHistory *h,
              const TeamZone *opponent, bool has_shots)
{
    HoleSet set = {.arena = l->arena};

    for (size_t i = 0; i < h->hole_count; i++)
        hole_touch(&set, h->holes[i]->game_id, touches_of(h, i));
    if (has_shots)
        touch_zones(&set, h);
    touch_team(&set, league_team(v, p->team));
    if (opponent != NULL)
        touch_opponent(&set, v, opponent, has_shots);
    for (size_t i = 0; i < set.count; i++)
        gap_add(l, p, GAP_WINDOW_HOLE, set.items[i].game_id, touches_text(set.items[i].touches, l->arena));
}

/* ---- rows that are not there ---- */

void
gap_add_absence(GapList *l, const UpcomingPlayer *p, const char *processor, const char *entity, const RowIndex *skipped)
{
    const SkippedEntity *by_rule = row_find(skipped, entity);
    GapReason reason = GAP_MISSING_PHASE4;

    if (by_rule != NULL)
        reason = strcmp(by_rule->reason, SKIP_STALE_DATA) == 0 ? GAP_STALE_DATA : GAP_INSUFFICIENT_DATA;
    gap_add(l, p, reason, processor, by_rule == NULL ? NULL : by_rule->detail);
}
