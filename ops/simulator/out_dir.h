/*
 * ops/simulator/out_dir.h
 *    The folder that a season is written into: made, recognised, emptied, filled. It never removes a
 *    file that is not a season's.
 */
#ifndef TIPOFF_SIMULATOR_OUT_DIR_H
#define TIPOFF_SIMULATOR_OUT_DIR_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

/* Makes the folder with all that leads to it and the folders in it. One that exists must be empty, or
 * hold an earlier season and nothing else, which is then removed; else ERR_CONFIG names what is there. */
NODISCARD bool out_dir_prepare(const char *dir, Err *err);

/* Writes one file; path is relative to dir. */
NODISCARD bool out_dir_write(const char *dir, const char *path, const Buf *text, Err *err);

#endif
