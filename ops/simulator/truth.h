/*
 * ops/simulator/truth.h
 *    What is true of a season and no feed says: skill, expectations, and everything planted with what
 *    a pipeline should make of it.
 */
#ifndef TIPOFF_SIMULATOR_TRUTH_H
#define TIPOFF_SIMULATOR_TRUTH_H

#include "libcore/base/bytes.h"
#include "ops/simulator/night.h"

typedef enum {
    TRUTH_PLANTS,
    TRUTH_GAMES,
    TRUTH_ABSENCES,
    TRUTH_EXPECTED,
    TRUTH_PLAYERS,
    TRUTH_TEAMS,
    TRUTH_COUNT,
} TruthFile;

extern const char *const truth_files[TRUTH_COUNT];

/* One growing text a file. Zero-initialise; free with truth_free(). */
typedef struct {
    Buf files[TRUTH_COUNT];
} Truth;

void truth_begin(Truth *t, const League *l, Arena *scratch);
void truth_add_night(Truth *t, const Night *n, Arena *scratch);
void truth_free(Truth *t);

#endif
