/*
 * workers/analytics/game_summaries_worker.h
 *    The game-summaries worker: box scores and shots of a date become player and team rows.
 */
#ifndef TIPOFF_WORKERS_GAME_SUMMARIES_WORKER_H
#define TIPOFF_WORKERS_GAME_SUMMARIES_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec game_summaries_worker;

#endif
