/*
 * ops/cli/context.c
 *    Arguments, errors and sessions of commands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ops/cli/cli.h"
#include "ops/cli/suggest.h"

static void
remove_args(Cli *cli, int at, int count)
{
    for (int i = at; i + count < cli->argc; i++)
        cli->argv[i] = cli->argv[i + count];
    cli->argc -= count;
}

bool
cli_take_switch(Cli *cli, const char *name)
{
    for (int i = 0; i < cli->argc; i++) {
        if (strcmp(cli->argv[i], name) == 0) {
            remove_args(cli, i, 1);
            return true;
        }
    }
    return false;
}

const char *
cli_take_option(Cli *cli, const char *name, bool *ok)
{
    for (int i = 0; i < cli->argc; i++) {
        const char *value;

        if (strcmp(cli->argv[i], name) != 0)
            continue;
        if (i + 1 >= cli->argc) {
            (void)fprintf(stderr, "tipoff: %s needs a value\n", name);
            *ok = false;
            return NULL;
        }
        value = cli->argv[i + 1];
        remove_args(cli, i, 2);
        return value;
    }
    return NULL;
}

const char *
cli_take_word(Cli *cli)
{
    const char *word = cli->argc > 0 ? cli->argv[0] : NULL;

    if (word != NULL)
        remove_args(cli, 0, 1);
    return word;
}

bool
cli_no_more(const Cli *cli, const char *command)
{
    if (cli->argc == 0)
        return true;
    (void)fprintf(stderr, "tipoff: '%s' is not understood here\n", cli->argv[0]);
    (void)cli_usage(command);
    return false;
}

#define DATE_HELP "write YYYY-MM-DD, today or yesterday"

bool
cli_parse_date(const Cli *cli, const char *text, GameDate *out)
{
    if (text != NULL && date_word_parse(text, clock_today(cli->clock), out))
        return true;
    if (text != NULL)
        (void)fprintf(stderr, "tipoff: '%s' is no date; " DATE_HELP "\n", text);
    else
        (void)fputs("tipoff: a date is missing; " DATE_HELP "\n", stderr);
    return false;
}

bool
cli_parse_range(const Cli *cli, const char *text, DateRange *out)
{
    RangeVerdict verdict;

    if (text == NULL) {
        (void)fputs("tipoff: a date is missing; " DATE_HELP ", or FROM..TO\n", stderr);
        return false;
    }
    verdict = date_range_parse(text, clock_today(cli->clock), out);
    if (verdict == RANGE_NO_DATE)
        (void)fprintf(stderr, "tipoff: '%s' is no date; " DATE_HELP ", or FROM..TO\n", text);
    if (verdict == RANGE_BACKWARDS)
        (void)fprintf(stderr, "tipoff: '%s' ends before it begins\n", text);
    return verdict == RANGE_OK;
}

bool
cli_take_range(Cli *cli, DateRange *out)
{
    const char *word = cli_take_word(cli);

    if (word != NULL)
        return cli_parse_range(cli, word, out);
    return date_make(1900, 1, 1, &out->from) && date_make(2200, 12, 31, &out->to);
}

int
cli_unknown(const char *what, const char *text, const char *const *words, size_t count)
{
    const char *meant = suggest_word(text, words, count);

    if (meant != NULL)
        (void)fprintf(stderr, "tipoff: no %s '%s'; did you mean '%s'?\n", what, text, meant);
    else
        (void)fprintf(stderr, "tipoff: no %s '%s'\n", what, text);
    return 2;
}

bool
cli_parse_duration(const char *text, int64_t *us)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    enum { DIGITS_MAX = 6 };
    char *end = NULL;
    long long n = strlen(text) <= DIGITS_MAX + 1 && text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : 0;

    for (size_t i = 0; n > 0 && end[0] != '\0' && end[1] == '\0' && i < ARRAY_LEN(units); i++) {
        if (end[0] != units[i].unit)
            continue;
        *us = n * units[i].seconds * 1000000;
        return true;
    }
    (void)fprintf(stderr, "tipoff: '%s' is no duration; write a number and s, m, h or d, as 90m\n", text);
    return false;
}

bool
cli_parse_time(const Cli *cli, const char *option, const char *text, Instant *out)
{
    GameDate date;
    int64_t us;

    if (instant_parse(text, out))
        return true;
    if (date_word_parse(text, clock_today(cli->clock), &date)) {
        *out = date_eastern_instant(date, 0, 0);
        return true;
    }
    if (text[0] >= '0' && text[0] <= '9' && cli_parse_duration(text, &us)) {
        *out = (Instant){clock_now(cli->clock).us - us};
        return true;
    }
    (void)fprintf(stderr, "tipoff: %s takes a stamp like 2025-11-01T18:00:00Z, a date, or how long ago, like 2h\n",
                  option);
    return false;
}

int
cli_fail(const Err *err)
{
    int status = err_exit_status(err);

    (void)fprintf(stderr, "tipoff: %s\n", err->msg);
    return status ? status : 1;
}

int
cli_usage(const char *command)
{
    for (const Command *c = cli_commands; c->name != NULL; c++)
        if (strcmp(c->name, command) == 0)
            (void)fprintf(stderr, "usage: tipoff %s%s%s\n", c->name, c->usage[0] ? " " : "", c->usage);
    return 2;
}

bool
cli_feeds(const Cli *cli, FeedSet *out, Err *err)
{
    return feeds_parse(config_get(cli->cfg, "feeds.subscribed"), out, err) || err_prefix(err, "feeds.subscribed");
}

bool
cli_settle_public_dir(const Cli *cli, Err *err)
{
    char path[4096];
    const char *run_dir = config_get(cli->cfg, "run_dir");

    if (config_get(cli->cfg, "public_dir")[0] != '\0')
        return true;
    if ((size_t)snprintf(path, sizeof path, "%s/public", run_dir) >= sizeof path)
        return ERR_FAIL(err, ERR_CONFIG, "the run folder's path is too long: %.100s...", run_dir);
    return config_set(cli->cfg, "public_dir", path, err);
}

bool
cli_open(const Cli *cli, Session *s, Err *err)
{
    const char *url = config_get(cli->cfg, "database.url");

    *s = (Session){.a = arena_new(0)};
    if (url[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG,
                        "no deployment in %s and no DATABASE_URL: run 'tipoff up', or point TIPOFF_RUN_DIR at one",
                        config_get(cli->cfg, "run_dir"));
    return db_connect(url, "tipoff-cli", &s->db, err) && db_begin(s->db, &s->tx, err);
}

void
cli_close(Session *s)
{
    db_rollback(&s->tx);
    db_close(s->db);
    arena_free(s->a);
}
