/*
 * workers/grading/grader_worker.h
 *    The worker that grades the predictions of a date once its box scores are summarised.
 */
#ifndef TIPOFF_WORKERS_GRADING_GRADER_WORKER_H
#define TIPOFF_WORKERS_GRADING_GRADER_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec grader_worker;

#endif
