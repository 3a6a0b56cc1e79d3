/*
 * ops/cli/sql_answer.h
 *    The answer of a query whose columns only it knows.
 */
#ifndef TIPOFF_OPS_SQL_ANSWER_H
#define TIPOFF_OPS_SQL_ANSWER_H

#include "ops/cli/print.h"

/* Runs one select and prints what it answers, under the title: its headers are the query's columns. *count: rows. */
NODISCARD bool sql_print_answer(const Cli *cli, Session *s, const char *title, bool is_alone, const char *query,
                                const DbParam *params, size_t param_count, size_t *count, Err *err);

#endif
