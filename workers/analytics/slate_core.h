/*
 * workers/analytics/slate_core.h
 *    The games of a date before they begin: when each tips off, and whom a feed means by a name.
 *
 * Pure. Tip-off: the schedule's; else the earliest commence_time that most of the game's lines from before
 * it carry, those of players and those of the game (a feed keeps times that were moved later; at a tie the
 * later one, since games are put off, not brought forward), times on another Eastern day left out, and those
 * of lines that came after the time that they name; else 19:00 Eastern, marked assumed. So no line that came
 * once the game had begun says when it began.
 */
#ifndef TIPOFF_WORKERS_SLATE_CORE_H
#define TIPOFF_WORKERS_SLATE_CORE_H

#include "workers/league/league.h"
#include "workers/names/resolve.h"

/* A game of the date. */
typedef struct {
    const ScheduleGame *row;
    Instant tip_off;
    bool is_assumed;
} Slot;

typedef struct {
    const LeagueView *view;
    const Slot *slots;               /* of the view's slate, in its order */
    const NameCandidate *candidates; /* of the view's players, in their order */
    Arena *arena;                    /* for what is made on the way */
} Slate;

/* Lines of the view's date in any order; those of unscheduled games are left out. Made in a. Never NULL. */
const Slate *slate_of(const LeagueView *view, const RawPropLine *lines, size_t line_count,
                      const RawGameLine *game_lines, size_t game_line_count, Arena *a);

/* NULL when the date has no such game. */
const Slot *slate_slot(const Slate *s, const char *game_id);

/* Known before the game: what is stamped at its tip-off or later is part of it. */
bool slot_is_before(const Slot *slot, Instant stamp);

/* The player whom a feed means by a name in that game. He must have played last for team, or for either
 * of the game's teams where team is NULL; else NULL, and *reason (static) says why. */
const LeaguePlayer *slate_player(const Slate *s, const Slot *slot, const char *team, const char *name,
                                 const char **reason);

#endif
