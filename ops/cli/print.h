/*
 * ops/cli/print.h
 *    One table, two readers: aligned text for people, JSON for programs.
 */
#ifndef TIPOFF_OPS_PRINT_H
#define TIPOFF_OPS_PRINT_H

#include "ops/cli/cli.h"

typedef struct {
    const char *title; /* NULL for none; the key of the list when several tables make one document */
    const char *const *headers; /* NULL-terminated; a leading '#' marks a column of numbers */
} TableHead;

/* Prints the rows of a query whose columns are all text, in the order of the headers. In JSON each
 * call is one list of objects on one line. */
void print_rows(const Cli *cli, const TableHead *head, const DbRows *rows);
/* Runs the query and prints it. */
NODISCARD bool print_query(const Cli *cli, Session *s, const TableHead *head, const char *sql, const DbParam *params,
                           size_t param_count, Err *err);

#endif
