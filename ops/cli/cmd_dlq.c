/*
 * ops/cli/cmd_dlq.c
 *    Dead letters: the verbs, and the options that say which letters are meant.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/runtime/pipeline.h"
#include "ops/cli/dlq.h"
#include "workers/registry.h"

enum {
    CHANGES = 1,       /* something: it takes a reason, and can be rehearsed */
    NEEDS_REASON = 2,  /* nobody gives an event up without one */
    NEEDS_FILTER = 4,  /* all letters are meant only where that is said */
    NEEDS_ONE = 8,     /* one letter by its number */
    TAKES_RATE = 16,   /* --rate, --again */
    TAKES_RECORD = 32, /* --patch, --from */
    ASKS = 64,         /* unless --yes */
    LOOKS_BACK = 128,  /* at letters of any status, those that are gone included */
};

typedef struct {
    const char *name, *command;
    unsigned flags;
    bool (*run)(Dlq *d, Err *err);
} Verb;

static const Verb verbs[] = {
    {"list", "dlq list", 0, dlq_list},
    {"filter", "dlq filter", NEEDS_FILTER, dlq_list},
    {"groups", "dlq groups", 0, dlq_groups},
    {"show", "dlq show", NEEDS_ONE, dlq_show},
    {"edit", "dlq edit", CHANGES | NEEDS_ONE | TAKES_RECORD, dlq_edit},
    {"retry", "dlq retry", CHANGES | NEEDS_FILTER | TAKES_RATE, dlq_retry},
    {"skip", "dlq skip", CHANGES | NEEDS_FILTER | NEEDS_REASON, dlq_skip},
    {"park", "dlq park", CHANGES | NEEDS_FILTER, dlq_park},
    {"purge", "dlq purge", CHANGES | NEEDS_FILTER | NEEDS_REASON | ASKS, dlq_purge},
    {"audit", "dlq audit", LOOKS_BACK, dlq_audit},
};

static const char *const statuses[] = {"open", "parked", "skipped", "closed", "all"};
static const char *const classes[] = {"transient", "poison", "canceled", "config", "fatal"};

static bool complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

static bool
complain(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vfprintf(stderr, fmt, args);
    va_end(args);
    return false;
}

/* ---- options ---- */

static bool
is_one_of(const char *what, const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], text) == 0)
            return true;
    (void)cli_unknown(what, text, words, count);
    return false;
}

static bool
check_topic(const char *text)
{
    const char *names[TOPIC_COUNT];
    TopicId topic;
    Lane lane;

    for (size_t t = 0; t < TOPIC_COUNT; t++)
        names[t] = topic_table[t].name;
    return topic_from_broker_name(text, &topic, &lane) || is_one_of("topic", text, names, TOPIC_COUNT);
}

static bool
check_worker(const char *text)
{
    const char *names[64];
    size_t n = 0;

    for (const WorkerSpec *const *w = all_workers; *w != NULL && n < ARRAY_LEN(names); w++)
        names[n++] = (*w)->name;
    return is_one_of("worker", text, names, n);
}

static bool
check_phase(const char *text)
{
    const char *names[PROC_COUNT];

    for (size_t i = 0; i < PROC_COUNT; i++)
        names[i] = processor_table[i].phase;
    return is_one_of("phase", text, names, PROC_COUNT);
}

static bool
check_class(const char *text)
{
    return is_one_of("error class", text, classes, ARRAY_LEN(classes));
}

static bool
take_texts(Cli *cli, LetterFilter *f, bool *ok)
{
    const struct {
        const char *option;
        const char **out;
        bool (*check)(const char *text);
    } texts[] = {
        {"--topic", &f->topic, check_topic}, {"--worker", &f->worker, check_worker},
        {"--phase", &f->phase, check_phase}, {"--class", &f->cls, check_class},
        {"--code", &f->code, NULL},          {"--fingerprint", &f->fingerprint, NULL},
        {"--player", &f->player, NULL},
    };

    for (size_t i = 0; *ok && i < ARRAY_LEN(texts); i++) {
        *texts[i].out = cli_take_option(cli, texts[i].option, ok);
        if (*ok && *texts[i].out != NULL && texts[i].check != NULL)
            *ok = texts[i].check(*texts[i].out);
    }
    f->name = f->player;
    return *ok;
}

static bool
take_dates(Cli *cli, LetterFilter *f, Arena *a, bool *ok)
{
    const char *text = cli_take_option(cli, "--date", ok);
    char day[DATE_TEXT_LEN];
    DateRange range;

    if (!*ok || text == NULL)
        return *ok;
    *ok = cli_parse_range(cli, text, &range);
    if (*ok) {
        f->from = arena_strdup(a, date_format(range.from, day));
        f->to = arena_strdup(a, date_format(range.to, day));
    }
    return *ok;
}

/* How long ago the last failure was. */
static bool
take_age(Cli *cli, const char *option, bool *is_set, Instant *out, bool *ok)
{
    const char *text = cli_take_option(cli, option, ok);
    int64_t us;

    if (!*ok || text == NULL)
        return *ok;
    *ok = *is_set = cli_parse_duration(text, &us);
    if (*ok)
        *out = (Instant){clock_now(cli->clock).us - us};
    return *ok;
}

static bool
parse_whole(const char *text, int64_t max, int64_t *out)
{
    char *end = NULL;

    *out = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : 0;
    return end != NULL && *end == '\0' && *out > 0 && *out <= max;
}

static bool
take_attempts(Cli *cli, LetterFilter *f, bool *ok)
{
    const char *text = cli_take_option(cli, "--attempts", ok);
    int64_t n;

    if (!*ok || text == NULL)
        return *ok;
    if (!parse_whole(text, INT32_MAX, &n))
        return *ok = complain("tipoff: '%s' is no number of attempts\n", text);
    f->min_attempts = (int32_t)n;
    return true;
}

/* Numbers stand alone or after --id. */
static bool
take_ids(Cli *cli, LetterFilter *f, Arena *a, bool *ok)
{
    int64_t *ids = arena_array(a, (size_t)cli->argc + 1, sizeof *ids);
    const char *text;

    f->ids = ids;
    while (*ok && (text = cli_take_option(cli, "--id", ok)) != NULL)
        if (!parse_whole(text, INT64_MAX, &ids[f->id_count++]))
            *ok = complain("tipoff: '%s' is no letter's number\n", text);
    while (*ok && cli->argc > 0 && cli->argv[0][0] != '-') {
        text = cli_take_word(cli);
        if (!parse_whole(text, INT64_MAX, &ids[f->id_count++]))
            *ok = complain("tipoff: '%s' is no letter's number\n", text);
    }
    return *ok;
}

/* Without a word about it, open ones are meant, or whichever were named. */
static bool
take_status(Dlq *d, const Verb *v, bool *ok)
{
    const char *text = cli_take_option(d->cli, "--status", ok);
    const char **one = arena_array(d->s.a, 1, sizeof *one);

    if (!*ok || (text != NULL && !is_one_of("status", text, statuses, ARRAY_LEN(statuses))))
        return *ok = false;
    if (text == NULL && ((d->all && (v->flags & CHANGES) == 0) || (v->flags & LOOKS_BACK) != 0))
        text = "all";
    if ((text == NULL && d->filter.id_count > 0) || (text != NULL && strcmp(text, "all") == 0))
        return true;
    one[0] = text != NULL ? text : "open";
    d->filter.statuses = one;
    d->filter.status_count = 1;
    return true;
}

/* "20/s", "20", "0.5/s" */
static bool
take_rate(Dlq *d, bool *ok)
{
    const char *text = cli_take_option(d->cli, "--rate", ok);
    char *end;

    d->again = cli_take_switch(d->cli, "--again");
    if (!*ok || text == NULL)
        return *ok;
    d->rate = strtod(text, &end);
    if (end == text || (*end != '\0' && strcmp(end, "/s") != 0) || !(d->rate >= 0.001 && d->rate <= 1e6))
        return *ok = complain("tipoff: '%s' is no rate; write letters a second, as 20/s\n", text);
    return true;
}

static bool
take_record(Dlq *d, bool *ok)
{
    const char **patches = arena_array(d->s.a, (size_t)d->cli->argc + 1, sizeof *patches), *text;

    d->file = cli_take_option(d->cli, "--from", ok);
    while (*ok && (text = cli_take_option(d->cli, "--patch", ok)) != NULL)
        patches[d->patch_count++] = text;
    d->patches = patches;
    return *ok;
}

static bool
take_options(Dlq *d, const Verb *v)
{
    Cli *cli = d->cli;
    bool ok = true;

    d->all = cli_take_switch(cli, "--all");
    d->filter.is_mended = cli_take_switch(cli, "--mended");
    if ((v->flags & CHANGES) != 0) {
        d->is_dry = cli_take_switch(cli, "--dry-run");
        d->reason = cli_take_option(cli, "--reason", &ok);
    }
    if ((v->flags & ASKS) != 0)
        d->yes = cli_take_switch(cli, "--yes");
    if ((v->flags & TAKES_RATE) != 0 && ok)
        (void)take_rate(d, &ok);
    if ((v->flags & TAKES_RECORD) != 0 && ok)
        (void)take_record(d, &ok);
    return ok && take_texts(cli, &d->filter, &ok) && take_dates(cli, &d->filter, d->s.a, &ok)
           && take_age(cli, "--older-than", &d->filter.is_before, &d->filter.before, &ok)
           && take_age(cli, "--newer-than", &d->filter.is_after, &d->filter.after, &ok)
           && take_attempts(cli, &d->filter, &ok) && take_ids(cli, &d->filter, d->s.a, &ok) && take_status(d, v, &ok)
           && cli_no_more(cli, "dlq");
}

static bool
check_options(const Dlq *d, const Verb *v)
{
    bool is_narrow = letter_filter_is_narrow(&d->filter);

    if ((v->flags & NEEDS_ONE) != 0 && d->filter.id_count != 1)
        return complain("tipoff: %s takes one letter's number; 'tipoff dlq list' shows them\n", v->command);
    if ((v->flags & NEEDS_FILTER) != 0 && !is_narrow && !d->all)
        return complain("tipoff: %s: which letters? Give numbers or a filter, or --all\n", v->command);
    if ((v->flags & CHANGES) != 0 && is_narrow && d->all)
        return complain("tipoff: %s: --all beside numbers or a filter is a contradiction\n", v->command);
    if ((v->flags & NEEDS_REASON) != 0 && !d->is_dry && (d->reason == NULL || d->reason[0] == '\0'))
        return complain("tipoff: %s needs a --reason: the event will never be processed\n", v->command);
    return true;
}

/* ---- what verbs share ---- */

bool
dlq_check_ids(Dlq *d, bool must_be_open, Err *err)
{
    static const char sql[]
        = "select u.id, l.status from unnest($1::bigint[]) with ordinality u(id, n) left join ops.letter l on l.id ="
          " u.id where l.id is null or ($2 and l.status = 'closed') order by u.n limit 1";
    const DbParam params[] = {db_i64s(d->filter.ids, d->filter.id_count), db_bool(must_be_open)};
    DbRows *rows;

    if (!db_exec(d->s.tx, sql, params, 2, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return true;
    return ERR_FAIL(err, ERR_POISON,
                    db_is_null(rows, 0, 1) ? "no letter %lld; 'tipoff dlq list --all' shows them"
                                           : "letter %lld is closed: its event has been processed",
                    (long long)db_get_i64(rows, 0, 0));
}

bool
dlq_end(Dlq *d, Err *err)
{
    if (d->is_dry)
        db_rollback(&d->s.tx);
    else if (!db_commit(&d->s.tx, err))
        return false;
    return db_begin(d->s.db, &d->s.tx, err);
}

/* ---- the command ---- */

static const Verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

/* Without a verb, before a person. */
static const Verb browse = {"", "dlq", 0, dlq_browse};

static bool
can_browse(const Cli *cli)
{
    return !cli->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int
cmd_dlq(Cli *cli)
{
    const char *word = cli->argc > 0 && cli->argv[0][0] != '-' ? cli_take_word(cli) : NULL;
    const Verb *v = word != NULL ? find_verb(word) : can_browse(cli) ? &browse : NULL;
    Dlq d = {.cli = cli, .s = {.a = arena_new(0)}};
    Arena *options = d.s.a;
    Err err;

    if (v == NULL || !take_options(&d, v) || !check_options(&d, v)) {
        arena_free(options);
        return v == NULL ? cli_usage("dlq") : 2;
    }
    d.command = v->command;
    if (!cli_open(cli, &d.s, &err) || ((v->flags & LOOKS_BACK) == 0 && !dlq_check_ids(&d, false, &err))
        || !v->run(&d, &err))
        d.status = cli_fail(&err);
    else if (d.status != 0)
        print_document(cli); /* which main leaves to those that fail */
    cli_close(&d.s);
    arena_free(options);
    return d.status;
}
