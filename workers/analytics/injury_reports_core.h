/*
 * workers/analytics/injury_reports_core.h
 *    What the injury reports say before a game: of a player, of his teammates, of his team.
 *
 * Pure. Only reports from before the tip-off are seen. A player's status is the one of the last report
 * that lists him, of two at once the graver one: the league's reports drop who has recovered, and who has not stays out until a report
 * says otherwise. Who is in no report is available, once there are reports of the date, whosever.
 *
 * A star is a teammate (he played last for the same team) whose season means reach 18 points, 28 minutes
 * or 25 percent of usage over the games that he played.
 */
#ifndef TIPOFF_WORKERS_INJURY_REPORTS_CORE_H
#define TIPOFF_WORKERS_INJURY_REPORTS_CORE_H

#include "workers/analytics/slate_core.h"

typedef struct InjuryReports InjuryReports;

/* Reports of the slate's date in any order; those of teams without a scheduled game are left out. A name
 * may stand as "Last, First". Made in the slate's arena; strings are borrowed. Never NULL. */
const InjuryReports *injury_reports(const Slate *s, const RawInjuryReport *reports, size_t count);

/* out, doubtful, questionable, probable or available (static or borrowed); NULL where no report of the
 * date came before the game. */
const char *injury_status(const InjuryReports *r, const Slot *slot, const LeaguePlayer *p);

/* Stars among his teammates who are out or doubtful; NULL_I32 where no report came before the game. */
int32_t injury_stars_out(const InjuryReports *r, const Slot *slot, const LeaguePlayer *p);

typedef struct {
    int32_t out, questionable; /* players whom the team's reports name so last, whoever they are; NULL_I32
                                  where no report of the date came before the game */
    Instant stamp;             /* the newest report of the team; NULL without one */
} TeamReport;
TeamReport injury_team(const InjuryReports *r, const Slot *slot, const char *team);

/* Names that lead to no player of their team, one row a name and team, in any order. */
const UnresolvedName *injury_reports_unresolved(const InjuryReports *r, size_t *count);

#endif
