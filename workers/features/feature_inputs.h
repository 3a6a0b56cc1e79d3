/*
 * workers/features/feature_inputs.h
 *    What each feature is read from, column by column: for those who ask why a value is what it is.
 *
 * It says where the inputs stand, not how they are combined; feature_store_core.c does that.
 */
#ifndef TIPOFF_WORKERS_FEATURE_INPUTS_H
#define TIPOFF_WORKERS_FEATURE_INPUTS_H

#include "libcore/base/table.h"
#include "workers/features/feature_contract.h"

typedef struct {
    FeatureUpstream upstream;
    const char *name; /* of a column; of a window without its _used and _expected */
} FeatureColumn;

/* Which games a feature reads row by row. */
typedef enum {
    GAMES_NONE,
    GAMES_OWN,      /* the player's newest played ones */
    GAMES_MEETINGS, /* those against today's opponent */
    GAMES_TEAM,     /* his team's */
} FeatureGames;

enum { FEATURE_COLUMNS_MAX = 8, FEATURE_WINDOWS_MAX = 3 };

/* columns: the first one is the value itself, or for a formula its first input. The columns of
 * UPSTREAM_SUMMARY are those of each game; nothing but they are read of the games. Lists end with a NULL
 * name where there are fewer. */
typedef struct {
    FeatureColumn columns[FEATURE_COLUMNS_MAX];
    FeatureColumn windows[FEATURE_WINDOWS_MAX];
    FeatureGames games;
    int game_count; /* of GAMES_OWN: how many */
} FeatureInput;

extern const FeatureInput feature_inputs[FEATURE_COUNT];

/* The table behind an upstream; NULL for formulas. Static. */
const TableDesc *feature_upstream_desc(FeatureUpstream u);

#endif
