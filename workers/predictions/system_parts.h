/*
 * workers/predictions/system_parts.h
 *    What the rows of the table of systems are made of: the arithmetic of each. Nobody but systems.c needs it.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_SYSTEM_PARTS_H
#define TIPOFF_WORKERS_PREDICTIONS_SYSTEM_PARTS_H

#include "workers/predictions/systems.h"

typedef void SystemCompute(const SystemInput *in, const SystemOutput *others, SystemOutput *out);

/* Half of the last five games' mean, 0.3 of the last ten's, 0.2 of the season's, and adjustments. */
SystemCompute moving_average_compute;
/* The season's mean, what the opponent's defence is worth where he scores from, and adjustments. */
SystemCompute zone_matchup_compute;
/* The mean of past games that were like this one, and adjustments. */
SystemCompute similarity_compute;
SystemCompute xgboost_compute;
SystemCompute catboost_compute;
SystemCompute ensemble_compute;

#endif
