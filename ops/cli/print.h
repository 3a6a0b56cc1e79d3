/*
 * ops/cli/print.h
 *    One table, two readers: aligned text for people, JSON for programs.
 *
 * In JSON everything that a command says is one object, a member a table: members gather in the
 * document of the Cli, and print_document() writes it when the command has succeeded.
 */
#ifndef TIPOFF_OPS_PRINT_H
#define TIPOFF_OPS_PRINT_H

#include <jansson.h>
#include "ops/cli/cli.h"

typedef struct {
    const char *title;          /* in JSON the member's name, with '_' for spaces */
    const char *const *headers; /* NULL-terminated; a leading '#' marks a column of numbers */
    bool is_alone;              /* the command's only table: people need no title */
} TableHead;

/* cells: row by row, as many a row as there are headers; NULL is an absent value. In JSON the table
 * is a list of objects. */
void print_cells(const Cli *cli, const TableHead *head, const char *const *cells, size_t row_count);
/* Prints the rows of a query whose columns are all text, in the order of the headers. */
void print_rows(const Cli *cli, const TableHead *head, const DbRows *rows);
/* Runs the query and prints it. */
NODISCARD bool print_query(const Cli *cli, Session *s, const TableHead *head, const char *sql, const DbParam *params,
                           size_t param_count, Err *err);

/* A member beside the tables, for programs alone. Takes value over. */
void print_member(const Cli *cli, const char *name, json_t *value);
/* A count, likewise. */
void print_count(const Cli *cli, const char *name, size_t count);

/* Writes the gathered document on one line. Does nothing for people. */
void print_document(const Cli *cli);

#endif
