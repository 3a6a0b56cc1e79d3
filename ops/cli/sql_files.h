/*
 * ops/cli/sql_files.h
 *    A folder of SQL files that commands know by name, and the answer of a query whose columns only it knows.
 */
#ifndef TIPOFF_OPS_SQL_FILES_H
#define TIPOFF_OPS_SQL_FILES_H

#include "ops/cli/print.h"

typedef struct {
    const char **names, **texts; /* by name, without ".sql" */
    size_t count;
} SqlFiles;

/* In a. ERR_CONFIG names what cannot be read. */
NODISCARD bool sql_files_load(const char *dir, Arena *a, SqlFiles *out, Err *err);
/* The text of the file of this name; NULL when there is none. */
const char *sql_files_find(const SqlFiles *files, const char *name);

/* Runs one select and prints what it answers, under head's title: its headers are the query's columns. *count: rows. */
NODISCARD bool sql_print_answer(const Cli *cli, Session *s, const char *title, bool is_alone, const char *query,
                                const DbParam *params, size_t param_count, size_t *count, Err *err);

#endif
