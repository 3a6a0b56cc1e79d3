/*
 * ops/cli/cli.h
 *    What every command gets, and the table of commands.
 */
#ifndef TIPOFF_OPS_CLI_H
#define TIPOFF_OPS_CLI_H

#include <stdio.h>
#include "libcore/base/clock.h"
#include "libcore/base/config.h"
#include "libcore/io/db.h"
#include "libcore/runtime/subscription.h"
#include "ops/cli/date_range.h"

typedef struct {
    Config *cfg;
    Clock *clock;
    const char *build;
    const char *program;     /* path of this executable */
    bool has_colour;         /* stdout is a terminal, and NO_COLOR is not set */
    bool json;               /* for programs in place of people */
    struct json_t *document; /* what will be said in JSON; NULL for people. See print.h */
    int argc;                /* what follows the command's name, options of the configuration taken out */
    char **argv;
} Cli;

typedef struct {
    const char *name;
    const char *usage; /* what follows the name */
    const char *help;  /* one line */
    /* 0 when it did what was asked; 1 when it could not; 2 when it was asked wrongly or the operator
     * must act. */
    int (*run)(Cli *cli);
    const char *const *verbs; /* what its first word must be one of, NULL-terminated; NULL: anything */
    /* First words with which it may be run again and again (--watch), NULL-terminated: WATCH_ANY, "" for none,
     * or before these "!WORD" for one with which it may not; NULL: it may not at all. They change nothing. */
    const char *const *watched;
} Command;

#define WATCH_ANY "*"

extern const Command cli_commands[]; /* ends with a NULL name */

int cmd_migrate(Cli *cli);
int cmd_topics(Cli *cli);
int cmd_graph(Cli *cli);
int cmd_worker(Cli *cli);
int cmd_broker(Cli *cli);
int cmd_up(Cli *cli);
int cmd_down(Cli *cli);
int cmd_status(Cli *cli);
int cmd_pause(Cli *cli);
int cmd_resume(Cli *cli);
int cmd_simulate(Cli *cli);
int cmd_collect(Cli *cli);
int cmd_report(Cli *cli);
int cmd_picks(Cli *cli);
int cmd_quality(Cli *cli);
int cmd_contamination(Cli *cli);
int cmd_features(Cli *cli);
int cmd_explain(Cli *cli);
int cmd_export(Cli *cli);
int cmd_dlq(Cli *cli);
int cmd_backfill(Cli *cli);
int cmd_run(Cli *cli);
int cmd_grade(Cli *cli);
int cmd_retry(Cli *cli);
int cmd_event(Cli *cli);
int cmd_repair(Cli *cli);
int cmd_replay(Cli *cli);
int cmd_why(Cli *cli);
int cmd_model(Cli *cli);
int cmd_train(Cli *cli);
int cmd_backtest(Cli *cli);
int cmd_breaker(Cli *cli);
int cmd_alerts(Cli *cli);
int cmd_gaps(Cli *cli);
int cmd_grid(Cli *cli);
int cmd_validate(Cli *cli);
int cmd_gate(Cli *cli);
int cmd_predict(Cli *cli);
int cmd_batch(Cli *cli);
int cmd_config(Cli *cli);
int cmd_version(Cli *cli);
int cmd_runs(Cli *cli);
int cmd_lag(Cli *cli);
int cmd_logs(Cli *cli);
int cmd_health(Cli *cli);
int cmd_schema(Cli *cli);
int cmd_drift(Cli *cli);
int cmd_sql(Cli *cli);
int cmd_gc(Cli *cli);
int cmd_stuck(Cli *cli);
int cmd_timers(Cli *cli);
int cmd_help(Cli *cli);
int cmd_completion(Cli *cli);
int cmd_man(Cli *cli);

/* ---- helpers of commands ---- */

/* Takes "NAME" or "NAME VALUE" out of the arguments. */
bool cli_take_switch(Cli *cli, const char *name);
/* NULL when it is not there. A missing value is complained about and makes *ok false. */
const char *cli_take_option(Cli *cli, const char *name, bool *ok);
/* True when nothing is left; else complains and names the command's usage. */
bool cli_no_more(const Cli *cli, const char *command);
/* The next positional argument, or NULL. */
const char *cli_take_word(Cli *cli);
/* Read a game date, or a span of them, as date_range.h has them; today is the Clock's Eastern day.
 * They complain when it is none; NULL text is a missing one. */
bool cli_parse_date(const Cli *cli, const char *text, GameDate *out);
bool cli_parse_range(const Cli *cli, const char *text, DateRange *out);
/* The next positional argument as a range; every date where nothing is said. */
bool cli_take_range(Cli *cli, DateRange *out);

/* Reads "90m": a number above zero and s, m, h or d. Complains when it is none. */
bool cli_parse_duration(const char *text, int64_t *us);
/* Reads the time that an option is given: a stamp, a date (from its midnight in the East on), or how long ago. Complains
 * when it is none. */
bool cli_parse_time(const Cli *cli, const char *option, const char *text, Instant *out);

int cli_fail(const Err *err);       /* says the sentence; the exit status */
int cli_usage(const char *command); /* says the usage; 2 */
int cli_help(const Command *c);     /* prints what 'help' says of it; 0 */
int cli_help_all(FILE *to);         /* lists the commands; 0 on stdout, else 2 */
/* Says that text is no WHAT ("command", "feature"), and which of the words may be meant. Returns 2. */
int cli_unknown(const char *what, const char *text, const char *const *words, size_t count);

/* The feeds that the options ask for. */
NODISCARD bool cli_feeds(const Cli *cli, FeedSet *out, Err *err);

/* Where none is configured, published files go into the run folder. */
NODISCARD bool cli_settle_public_dir(const Cli *cli, Err *err);

/* Connects and begins; the caller ends both with cli_close(). */
typedef struct {
    Db *db;
    DbTx *tx;
    Arena *a;
} Session;
bool cli_open(const Cli *cli, Session *s, Err *err);
void cli_close(Session *s);

/* The id of the log that the broker has now, in SQL. */
#define NOW_LOG "(select id from ops.incarnation order by adopted_at desc limit 1)"

/* A pause of the worker, or of a topic that it reads. Both texts are NULL when there is none. */
typedef struct {
    const char *target;
    const char *note; /* who paused it, when and why */
} HeldBy;
NODISCARD bool cli_find_pause(Session *s, const char *worker, HeldBy *out, Err *err);

/* Prints alerts: of the date, or of all with a null date; the open ones, or with all those that are
 * resolved, too. People see nothing where there is none and only_some. */
NODISCARD bool cli_print_alerts(const Cli *cli, Session *s, GameDate date, bool all, bool only_some, Err *err);
/* Gates of the date that have been opened by hand, with those that are closed again if all. */
NODISCARD bool cli_print_overrides(const Cli *cli, Session *s, GameDate date, bool all, Err *err);

#endif
