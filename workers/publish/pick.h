/*
 * workers/publish/pick.h
 *    One prediction as publishing sees it, before its game or after, and the picks of one date.
 *
 * Picks come from the predictions of a date or from its graded rows, with the same numbers, so a
 * file published before the games and a record counted afterwards choose the same picks.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PICK_H
#define TIPOFF_WORKERS_PUBLISH_PICK_H

#include "libcore/base/arena.h"
#include "tables_gen.h"
#include "workers/publish/signal.h"

/* Text is borrowed from the row. */
typedef struct {
    const char *prediction_id;
    const char *game_id;
    const char *player;
    const char *player_lookup;
    const char *team;
    const char *opponent;
    const char *recommendation; /* OVER, UNDER, PASS or NO_LINE */
    double predicted_points;
    double line;           /* NaN without one */
    double edge;           /* |prediction - line| as stored; NaN without a line */
    double confidence_pct; /* 0-100 */
    double quality_score;  /* over the features whose feed and history exist */
    const char *side;      /* OVER or UNDER of the line; NULL when it is no pick: see pick_side() */
    const char *book;      /* whose line it is; NULL without one */
    bool is_actionable;    /* recommended, and no filter holds it back */
    TriBool is_home;
    bool is_live;          /* made before tip-off by the Clock, not replayed */
    const char *result;    /* hit, miss, push, pass, void; NULL before grading */
    int32_t actual_points; /* NULL_I32 before grading and when void */
    double absolute_error; /* NaN likewise */
} Pick;

/* One date's picks of one system. */
typedef struct {
    GameDate date;
    const Pick *picks; /* every prediction; ranked: see pick_score() */
    size_t count;
    DailySignal signal;
} PickDay;

/* edge * 10 + confidence * 0.5, to six decimals; NaN without a line. */
double pick_score(const Pick *p);
/* OVER or UNDER, against a line. What else is on a side of its line is only a lean. */
bool pick_is_recommended(const Pick *p);

/* The active predictions of the system. rows: of one date, in any order. Ranked by score, then
 * edge, both falling, then lookup; those without a line last. */
PickDay pick_day_of_predictions(const Prediction *rows, size_t count, GameDate date, const char *system, Arena *a);

typedef struct {
    PickDay *days; /* oldest first; only dates with a row of the system */
    size_t count;
} PickDays;

/* The graded rows of the system from first to last inclusive. rows: any dates, in any order. */
PickDays pick_days_of_accuracy(const PredictionAccuracy *rows, size_t count, GameDate first, GameDate last,
                               const char *system, Arena *a);

#endif
