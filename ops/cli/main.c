/*
 * ops/cli/main.c
 *    The command table and its dispatch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "build_gen.h"
#include "libcore/base/log.h"
#include "libcore/base/failpoint.h"
#include "ops/cli/print.h"
#include "ops/cli/watch.h"

static const char *const dlq_verbs[] = {"list", "filter", "groups", "show",  "edit", "retry",
                                        "skip", "park",   "purge",  "audit", NULL};
static const char *const alerts_verbs[] = {"list", "ack", "test", NULL};
static const char *const topics_verbs[] = {"list", "apply", "adopt", NULL};
static const char *const gate_verbs[] = {"override", "show", "revoke", NULL};
static const char *const model_verbs[] = {"show",     "predict", "register", "list", "promote",
                                          "rollback", "retire",  "champion", NULL};
static const char *const event_verbs[] = {"emit", NULL};
static const char *const breaker_verbs[] = {"list", "reset", NULL};
static const char *const batch_verbs[] = {"list", "show", "sweep", "reset", NULL};
static const char *const schema_verbs[] = {"check", NULL};
static const char *const config_verbs[] = {"show", "set", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};
static const char *const features_verbs[] = {"export", NULL};

/* With these first words a command may be watched. */
static const char *const any_words[] = {WATCH_ANY, NULL};
static const char *const any_but_skip[] = {"!skip", WATCH_ANY, NULL};
static const char *const lists[] = {"", "list", NULL};
static const char *const shows[] = {"list", "show", "status", "groups", "filter", NULL};

const Command cli_commands[] = {
    {"up", "[--kafka] [--from DATE] [--to DATE]", "start a deployment in the run folder: Postgres, broker, workers",
     cmd_up},
    {"down", "", "stop everything that 'up' started", cmd_down},
    {"status", "[--from DATE] [--to DATE] [--watch [SECONDS]]",
     "phases by date, lag, letters, workers, pauses; --watch: live", cmd_status},
    {"pause", "[WORKER | TOPIC[.backfill] [--reason TEXT]]", "leave a worker's or a topic's events alone; list pauses",
     cmd_pause},
    {"resume", "WORKER | TOPIC[.backfill] [--reason TEXT]", "go on with what was paused", cmd_resume},
    {"collect", "--data DIR [--from DATE] [--to DATE] [--again]", "read a folder of feeds and publish its events",
     cmd_collect},
    {"simulate", "--season YYYY-YY --out DIR [--seed N] [--dates N] [--teams N]", "write an invented season of feeds",
     cmd_simulate},
    {"report", "[--wait] [--progress] [--hashes FILE]", "what the pipeline has made, in tables", cmd_report},
    {"picks", "DATE", "the published picks of a date", cmd_picks},
    {"quality",
     "DATE|FROM..TO [--category NAME | --feature NAME|INDEX] [--player NAME | --players] [--dates] | bad "
     "[DATE|FROM..TO]"
     " [--threshold N] | training FROM..TO [--min-score N] | score",
     "what the features of dates are worth, and whom to ask when they are not", cmd_quality},
    {"contamination", "[--recent] [--from DATE] [--to DATE]",
     "the share of training rows with defaults, by month and feature; status 1 above 15 %", cmd_contamination},
    {"features", "export DATE|FROM..TO --format csv|jsonl [--output FILE]",
     "every feature row of these dates with values, sources and quality", cmd_features, features_verbs},
    {"explain", "PLAYER DATE [--feature NAME|INDEX]", "where each feature of a player is from, and why it is as it is",
     cmd_explain},
    {"export", "[DATE] [--dir DIR|s3://BUCKET/PREFIX [--endpoint URL]] | check [--dir ...]",
     "write the public files to a folder or a bucket; hold one against its manifest", cmd_export},
    {"why", "DATE [PHASE|PROCESSOR] [--watch [SECONDS]]",
     "the chain of a date, or of what one link stands on: the first broken link, and what mends it", cmd_why, NULL,
     any_words},
    {"runs", "DATE|FROM..TO [--of PHASE|PROCESSOR] [--failed] [--watch [SECONDS]]",
     "who ran when, how long, by which build, how it ended", cmd_runs, NULL, any_words},
    {"stuck", "[--watch [SECONDS]]", "what is failed, late or unanswered, and since when; status 1 when something is",
     cmd_stuck, NULL, any_words},
    {"timers", "[--watch [SECONDS]]", "what is to be looked at at some time, deadlines, overrides: when", cmd_timers,
     NULL, any_words},
    {"lag", "[WORKER|TOPIC] [--watch [SECONDS]] | skip WORKER [TOPIC[.backfill]] [--to TIME] --reason TEXT [--dry-run]",
     "how far each worker is behind in each topic, by lane; leave out what was sent before a time, or all of it",
     cmd_lag, NULL, any_but_skip},
    {"logs", "[WORKER] [--date DATE] [--level error|warn|info|debug] [--grep TEXT] [--lines N]",
     "lines of the run folder's logs in the order of time; --date: that speak of a game date", cmd_logs},
    {"health", "[--deep] [--watch [SECONDS]]",
     "what must hold for the pipeline to go on; status 1 when something is bad", cmd_health, NULL, any_words},
    {"schema", "check", "whether database, topics and events are as this build needs them; status 1 when not",
     cmd_schema, schema_verbs},
    {"drift", "", "build and configuration of each process, this binary and the repository; status 1 when they differ",
     cmd_drift},
    {"sql", "list | NAME [DATE|FROM..TO]", "saved queries of ops/sql, which only read", cmd_sql},
    {"repair", "list | NAME [WORKER | AGE | DATE|FROM..TO] --reason TEXT [--dry-run]",
     "reviewed recipes of ops/repairs, for what no other command mends; --dry-run shows what one finds", cmd_repair},
    {"gc", "[--keep DURATION] [--reason TEXT] [--dry-run]", "delete rows that nobody will read again", cmd_gc},
    {"alerts", "[list] [--all] [--watch [SECONDS]] | ack ID --reason TEXT | test [SINK]",
     "what people should look at: open alerts, or all of them; say that you do; try the sinks of alerts.routes",
     cmd_alerts, alerts_verbs, lists},
    {"gaps", "[DATE|FROM..TO] [--rows] [--watch [SECONDS]]",
     "holes: what the schedule asks for and no cell has made; --rows: and whose rows are gone. Status 1 with holes",
     cmd_gaps, NULL, any_words},
    {"grid", "[DATE|FROM..TO] [--rows] [--watch [SECONDS]]",
     "a map of all cells, a column a day; in colour on a terminal", cmd_grid, NULL, any_words},
    {"validate", "[daily|features|reconcile|lineage] [DATE|FROM..TO] [--bad] [--watch [SECONDS]]",
     "the checks of schemas/checks over dates, yesterday unless told otherwise; status 1 when one fails", cmd_validate,
     NULL, any_words},
    {"gate",
     "override DATE PROCESSOR --reason TEXT --expires DURATION [--by NAME] | show DATE [PROCESSOR] [--watch [SECONDS]] "
     "| revoke DATE PROCESSOR",
     "open a gate by hand for a time; why a gate is shut; close it again", cmd_gate, gate_verbs, shows},
    {"predict", "DATE|FROM..TO [--mode MODE] [--reason TEXT]",
     "have every player of these dates asked for again; by BACKFILL or RETRY unless told otherwise", cmd_predict},
    {"batch",
     "list [DATE|FROM..TO] [--open] [--watch [SECONDS]] | show DATE [--watch [SECONDS]] | sweep [DATE|FROM..TO] | "
     "reset DATE|FROM..TO --reason TEXT",
     "batches of requests: look at them; have open requests asked once more; close them without an answer", cmd_batch,
     batch_verbs, shows},
    {"dlq",
     "[list | filter | groups | audit] [FILTER] | show ID | edit ID [--patch PLACE=JSON]... [--from FILE] | retry "
     "FILTER [--rate N/s] [--again] | skip FILTER --reason TEXT | park FILTER | purge FILTER --reason TEXT [--yes]\n  "
     "FILTER: ID... --topic --worker --phase --date --player --class --code --fingerprint --older-than --newer-than "
     "--attempts --mended --status open|parked|skipped|closed|all, or --all\n  list, filter, groups and show take "
     "--watch "
     "[SECONDS]; what changes something takes --reason TEXT and --dry-run; without a verb, on a terminal: a browser",
     "dead letters: look at them by cause, mend them, send them again, give them up", cmd_dlq, dlq_verbs, shows},
    {"breaker", "list [--watch [SECONDS]] | reset SYSTEM --reason TEXT",
     "prediction systems that are left alone because they fail; try one again", cmd_breaker, breaker_verbs, lists},
    {"backfill",
     "DATE|FROM..TO [--phase NAME | --processor NAME] [--only missing|failed|stale|all] [--dry-run] [--rate N] "
     "[--in-flight N] [--reason TEXT] [--any-build] [--yes] | resume ID | status [ID] [--watch [SECONDS]] | cancel ID "
     "| list [--watch [SECONDS]]",
     "make the cells of dates again that are missing, failed or stale, or all of them", cmd_backfill, NULL, shows},
    {"run",
     "PHASE|PROCESSOR DATE|FROM..TO [--dry-run] [--rate N] [--in-flight N] [--reason TEXT] [--any-build] [--yes]",
     "make its cells of these dates again, whether or not they are well", cmd_run},
    {"grade", "DATE|FROM..TO [--dry-run] [--reason TEXT] [--any-build] [--yes]", "grade dates again", cmd_grade},
    {"retry", "RUN [--dry-run] [--reason TEXT] [--any-build] [--yes]",
     "make the cell of a run of 'tipoff runs' again, unless that has ended well since", cmd_retry},
    {"replay",
     "--topic NAME[,NAME...]|all [--from-time T] [--until-time T] [--from-offset N] [--until-offset N] [--date DATES] "
     "[--key KEY] [--where EXPR] [--to-lane backfill|live] [--rate N] [--dry-run] [--reason TEXT]",
     "send events of a topic once more; what was processed does nothing", cmd_replay},
    {"event", "emit TOPIC --from FILE|- [--key KEY] [--lane live|backfill] --reason TEXT [--dry-run]",
     "send one event, its record written as JSON; --dry-run says whether it is a whole one", cmd_event, event_verbs},
    {"worker", "NAME | list", "run one worker in this process", cmd_worker},
    {"broker", "[--port N]", "run the embedded broker in this process", cmd_broker},
    {"topics", "list | apply | adopt", "declared topics; create and check them; accept a new log", cmd_topics,
     topics_verbs},
    {"graph", "[--mermaid]", "the pipeline graph", cmd_graph},
    {"model",
     "show FILE | predict --model FILE --input CSV [--output FILE] | register FILE --system SYSTEM [--trained FROM..TO]"
     " [--evaluated FROM..TO] [--base NAME] | list [SYSTEM] | promote MODEL [--champion] [--reason TEXT] | rollback"
     " SYSTEM --reason TEXT | retire MODEL [--reason TEXT] | champion [SYSTEM] [--reason TEXT]",
     "a trained model: what it is, its predictions for rows of features; the registry of those that predict", cmd_model,
     model_verbs},
    {"train",
     "--to DATE --eval-from DATE --eval-to DATE [--from DATE] [--base NAME] [--rounds N] [--depth N]"
     " [--learning-rate X] [--min-score N] [--output FILE]",
     "train xgboost_v1 on the rows of dates, evaluate it on later ones, and register it as a candidate", cmd_train},
    {"backtest",
     "--from DATE --to DATE [--retrain weekly|never] [--csv FILE] [--svg FILE] [--base NAME] [--rounds N] [--depth N]"
     " [--learning-rate X] [--min-score N]",
     "what predictions of past dates would have been worth, beside the market's line and means", cmd_backtest},
    {"migrate", "", "apply the migrations in schemas/sql", cmd_migrate},
    {"config", "[show [OPTION]] | set OPTION VALUE --reason TEXT [--dry-run] | --sample",
     "every option, its value and where that is from; set one in the run folder's file; a file that sets nothing",
     cmd_config, config_verbs},
    {"version", "", "versions of tipoff and of its libraries", cmd_version},
    {"help", "[COMMAND]", "the commands, or one of them with examples", cmd_help},
    {"completion", "bash|zsh|fish", "a script that completes commands and options", cmd_completion, shells},
    {"man", "", "the manual page tipoff(1)", cmd_man},
    {NULL, NULL, NULL, NULL},
};

int
cli_help_all(FILE *to)
{
    (void)fputs("usage: tipoff COMMAND [--json] [--OPTION VALUE]...\n\n", to);
    for (const Command *c = cli_commands; c->name != NULL; c++)
        (void)fprintf(to, "  %-13s %s\n", c->name, c->help);
    (void)fputs("\n'tipoff help COMMAND' shows a command's usage with examples; 'tipoff config' the options.\n", to);
    return to == stdout ? 0 : 2;
}

static bool
load_config(Cli *cli, int *argc, char **argv, Err *err)
{
    LogLevel level;

    if (!config_take_flags(cli->cfg, argc, argv, err) || !config_load(cli->cfg, err))
        return false;
    if (!log_level_parse(config_get(cli->cfg, "log.level"), &level))
        return ERR_FAIL(err, ERR_CONFIG, "log.level %s", config_get(cli->cfg, "log.level"));
    log_init(level, strcmp(config_get(cli->cfg, "log.format"), "json") == 0, "cli");
    if (!failpoint_init(config_get(cli->cfg, "failpoints"), err))
        return false;
    cli->clock = instant_is_null(config_instant(cli->cfg, "clock.now"))
                     ? clock_system_new()
                     : clock_system_new_at(config_instant(cli->cfg, "clock.now"));
    return true;
}

static int
unknown_command(const char *name)
{
    const char *names[ARRAY_LEN(cli_commands)];
    size_t count = 0;

    for (const Command *c = cli_commands; c->name != NULL; c++)
        names[count++] = c->name;
    (void)cli_unknown("command", name, names, count);
    return cli_help_all(stderr);
}

/* A first word that is no option and none of the command's verbs. */
static bool
is_unknown_verb(const Command *c, const Cli *cli)
{
    if (c->verbs == NULL || cli->argc == 0 || cli->argv[0][0] == '-')
        return false;
    for (const char *const *verb = c->verbs; *verb != NULL; verb++)
        if (strcmp(*verb, cli->argv[0]) == 0)
            return false;
    return true;
}

static int
unknown_verb(const Command *c, const char *word)
{
    char what[64];
    size_t count = 0;

    while (c->verbs[count] != NULL)
        count++;
    (void)snprintf(what, sizeof what, "subcommand of %s", c->name);
    (void)cli_unknown(what, word, c->verbs, count);
    return cli_usage(c->name);
}

static int
dispatch(Cli *cli, const char *name)
{
    int status, interval_ms;

    for (const Command *c = cli_commands; c->name != NULL; c++) {
        if (strcmp(c->name, name) != 0)
            continue;
        if (cli_take_switch(cli, "--help") || cli_take_switch(cli, "-h")) {
            return cli_help(c);
        }
        if (is_unknown_verb(c, cli))
            return unknown_verb(c, cli->argv[0]);
        if (watch_is_possible(c, cli)) {
            if (!watch_take_interval(cli, &interval_ms))
                return 2;
            if (interval_ms > 0)
                return watch_command(cli, c, interval_ms);
        }
        status = c->run(cli);
        if (status == 0)
            print_document(cli);
        return status;
    }
    return unknown_command(name);
}

static bool
wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

int
main(int argc, char **argv)
{
    Cli cli = {.cfg = config_new(), .build = TIPOFF_BUILD, .program = argv[0]};
    Err err = {0};
    int status;

    if (!load_config(&cli, &argc, argv, &err)) {
        status = cli_fail(&err);
    } else if (argc < 2) {
        status = cli_help_all(stderr);
    } else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        status = cli_help_all(stdout);
    } else {
        cli.argc = argc - 2;
        cli.argv = argv + 2;
        cli.json = cli_take_switch(&cli, "--json");
        cli.has_colour = wants_colour();
        cli.document = cli.json ? json_object() : NULL;
        status = dispatch(&cli, strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
    }
    json_decref(cli.document);
    clock_free(cli.clock);
    config_free(cli.cfg);
    return status;
}
