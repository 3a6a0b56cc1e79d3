/*
 * workers/predictions/champion.h
 *    The system whose predictions are the product: what public files, records and requests read.
 */
#ifndef TIPOFF_WORKERS_CHAMPION_H
#define TIPOFF_WORKERS_CHAMPION_H

#include "libcore/io/db.h"

/* Its id, in a. ERR_CONFIG when none is set. */
NODISCARD bool champion_load(DbTx *tx, Arena *a, const char **system_id, Err *err);

#endif
