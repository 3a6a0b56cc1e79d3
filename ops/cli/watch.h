/*
 * ops/cli/watch.h
 *    Show something again and again, until 'q', Ctrl-C or SIGTERM.
 *
 * On a terminal the watch redraws in place, on a screen of its own. Elsewhere it writes a block an interval; in JSON
 * what is shown writes its own line.
 */
#ifndef TIPOFF_OPS_WATCH_H
#define TIPOFF_OPS_WATCH_H

#include "libcore/base/bytes.h"
#include "libcore/io/db.h"
#include "ops/cli/cli.h"

/* Takes "--watch" or "--watch SECONDS" out of the arguments: ms, 0 without it. Complains when that is no number of
 * seconds from 0.1 to an hour. */
bool watch_take_interval(Cli *cli, int *interval_ms);

typedef struct {
    Cli *cli;
    int interval_ms;
    void *ctx;
    /* What is to be seen now, for people of a terminal of that size (0: not known). What is wrong at the first look
     * ends the watch; later it is said, and tried again. */
    bool (*look)(void *ctx, int width, int height, Buf *out, Err *err);
    /* Its notifications end a wait early; NULL function or connection: none do. */
    Db *(*wakes)(void *ctx);
} WatchJob;

/* The exit status. */
int watch_run(const WatchJob *job);

/* May this command be watched with the words that it was given? */
bool watch_is_possible(const Command *c, const Cli *cli);
/* Runs the command again and again, each time in a process of its own. */
int watch_command(Cli *cli, const Command *c, int interval_ms);

/* Of the terminal that stdout is; 0 where it is none. */
void terminal_size(int *width, int *height);

#endif
