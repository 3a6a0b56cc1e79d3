/*
 * libcore/io/sql_files.h
 *    A folder of SQL files that somebody knows by name.
 */
#ifndef TIPOFF_IO_SQL_FILES_H
#define TIPOFF_IO_SQL_FILES_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"

typedef struct {
    const char **names, **texts; /* by name, without ".sql" */
    size_t count;
} SqlFiles;

/* In a. ERR_CONFIG names what cannot be read. */
NODISCARD bool sql_files_load(const char *dir, Arena *a, SqlFiles *out, Err *err);
/* The text of the file of this name; NULL when there is none. */
const char *sql_files_find(const SqlFiles *files, const char *name);

#endif
