/*
 * ops/cli/check_list.h
 *    Checks of a deployment, each with what it found: the table of 'health', 'schema check' and 'drift'.
 */
#ifndef TIPOFF_OPS_CHECK_LIST_H
#define TIPOFF_OPS_CHECK_LIST_H

#include "ops/cli/cli.h"

typedef enum { CHECK_OK, CHECK_BAD, CHECK_UNKNOWN } CheckState;

enum { CHECKS_MAX = 96 };

typedef struct {
    const char *what[CHECKS_MAX], *found[CHECKS_MAX];
    CheckState state[CHECKS_MAX];
    size_t count, bad;
} CheckList;

/* Texts are borrowed. */
void check_add(CheckList *l, CheckState state, const char *what, const char *found);
/* Adds what the call has said: fine, or the error's sentence, which is copied into a. */
void check_add_result(CheckList *l, bool ok, const Err *err, const char *what, const char *fine, Arena *a);
/* Prints the list, in JSON the whole document when something is bad; the command's status: 1 when something is. */
int check_print(const Cli *cli, const CheckList *l, Arena *a);

/* Adds whether the database has every migration, and every worker its tables. Ends s->tx. */
void check_tables_of_all(CheckList *l, Session *s);
void check_migrations(CheckList *l, Session *s);
/* Whether the broker has every worker's topics. */
void check_topics_of_all(CheckList *l, const Cli *cli, Arena *a);

#endif
