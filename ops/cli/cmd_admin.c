/*
 * ops/cli/cmd_admin.c
 *    Small commands about the build and its declarations: migrate, topics, graph, worker,
 *    version.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/io/bus.h"
#include "libcore/io/migrate.h"
#include "libcore/io/schema_store.h"
#include "libcore/io/versions.h"
#include "libcore/runtime/grid.h"
#include "libcore/runtime/runner.h"
#include "libcore/runtime/start_checks.h"
#include "ops/cli/print.h"
#include "workers/registry.h"

/* Where no 'up' says what the deployment subscribes to. */
static bool
subscribe(const Cli *cli, Session *s, Err *err)
{
    FeedSet feeds;
    Scope scope;

    if (config_get(cli->cfg, "feeds.subscribed")[0] == '\0')
        return true;
    return cli_feeds(cli, &feeds, err) && db_begin(s->db, &s->tx, err) && scope_load(s->tx, &scope, err)
           && deployment_save(s->tx, scope, &feeds, err) && db_commit(&s->tx, err);
}

int
cmd_migrate(Cli *cli)
{
    Session s;
    Err err;
    int applied = 0, status = 0;

    if (!cli_no_more(cli, "migrate"))
        return 2;
    if (!cli_open(cli, &s, &err)) {
        status = cli_fail(&err);
    } else {
        db_rollback(&s.tx);
        if (!migrate_apply(s.db, TIPOFF_SOURCE_ROOT "/schemas/sql", &applied, &err)
            || !schema_store_record_now(s.db, cli->build, &err) || !subscribe(cli, &s, &err))
            status = cli_fail(&err);
        else if (!cli->json)
            (void)printf("%d migrations applied\n", applied);
        print_count(cli, "applied", (size_t)applied);
    }
    cli_close(&s);
    return status;
}

/* ---- topics ---- */

static int
topics_list(const Cli *cli)
{
    static const char *const headers[] = {"topic", "#partitions", "#retention_days", "compression", NULL};
    const TableHead head = {"topics", headers, true};
    Arena *a = arena_new(0);
    size_t count;
    const BusTopic *topics = all_broker_topics(a, &count);
    const char **cells = arena_array(a, count * 4 + 1, sizeof *cells);

    for (size_t i = 0; i < count; i++) {
        cells[i * 4] = topics[i].name;
        cells[i * 4 + 1] = arena_printf(a, "%d", topics[i].partitions);
        cells[i * 4 + 2] = topics[i].is_compacted ? NULL : arena_printf(a, "%d", topics[i].retention_hours / 24);
        cells[i * 4 + 3] = topics[i].compression;
    }
    print_cells(cli, &head, cells, count);
    arena_free(a);
    return 0;
}

/* Fails for a broker that has no admin calls. One without the meta topic is none of ours yet. */
static bool
check_kind(const char *brokers, Err *err)
{
    char incarnation[BUS_INCARNATION_LEN];

    if (bus_read_incarnation(brokers, incarnation, err) && bus_is_embedded(incarnation))
        return ERR_FAIL(err, ERR_CONFIG,
                        "the embedded broker at %s made all topics when it started and takes no others; 'tipoff up "
                        "--kafka' runs Apache Kafka, KAFKA_BROKERS names a cluster of your own",
                        brokers);
    return true;
}

static bool
apply(const char *brokers, int *created, bool *new_log, Err *err)
{
    Arena *a = arena_new(0);
    const char *meta = BUS_META_TOPIC;
    size_t count;
    const BusTopic *topics = all_broker_topics(a, &count);
    const char **names = arena_array(a, count, sizeof *names);
    int *have = arena_array(a, count, sizeof *have), had_meta = 0;
    bool ok = bus_partition_counts(brokers, &meta, 1, &had_meta, err) && (had_meta == 0 || check_kind(brokers, err))
              && bus_create_topics(brokers, topics, count, created, err)
              && bus_ensure_incarnation(brokers, "kafka", new_log, err);

    for (size_t i = 0; i < count; i++)
        names[i] = topics[i].name;
    ok = ok && bus_partition_counts(brokers, names, count, have, err);
    for (size_t i = 0; ok && i < count; i++)
        if (have[i] < topics[i].partitions)
            ok = ERR_FAIL(err, ERR_CONFIG, "topic %s has %d partitions and %d are declared: delete it and apply again",
                          names[i], have[i], topics[i].partitions);
    arena_free(a);
    return ok;
}

static bool
adopt(const Cli *cli, char incarnation[BUS_INCARNATION_LEN], Err *err)
{
    Session s;
    bool ok = bus_read_incarnation(config_get(cli->cfg, "kafka.brokers"), incarnation, err) && cli_open(cli, &s, err);

    if (!ok)
        return false;
    ok = adopt_incarnation(s.tx, incarnation, err) && db_commit(&s.tx, err);
    cli_close(&s);
    return ok;
}

int
cmd_topics(Cli *cli)
{
    const char *verb = cli_take_word(cli);
    const char *brokers = config_get(cli->cfg, "kafka.brokers");
    char incarnation[BUS_INCARNATION_LEN];
    int created = 0;
    bool new_log;
    Err err = {0};

    if (verb == NULL || !cli_no_more(cli, "topics"))
        return cli_usage("topics");
    if (strcmp(verb, "list") == 0)
        return topics_list(cli);
    if (brokers[0] == '\0') {
        (void)fputs("tipoff: no broker is configured: set KAFKA_BROKERS, or run 'tipoff up'\n", stderr);
        return 2;
    }
    if (strcmp(verb, "apply") == 0) {
        if (!apply(brokers, &created, &new_log, &err))
            return cli_fail(&err);
        print_count(cli, "created", (size_t)created);
        print_member(cli, "new_incarnation", json_boolean(new_log));
        if (!cli->json)
            (void)printf("%d topics created, all have the declared partitions%s\n", created,
                         new_log ? "; the log has a new incarnation" : "");
        return 0;
    }
    if (strcmp(verb, "adopt") != 0)
        return cli_usage("topics");
    if (!adopt(cli, incarnation, &err))
        return cli_fail(&err);
    print_member(cli, "adopted", json_string(incarnation));
    if (!cli->json)
        (void)printf("adopted %s: its log is read from the start\n", incarnation);
    return 0;
}

/* ---- graph ---- */

static const char *
needs_text(const ProcessorSpec *p, Arena *a)
{
    const char *text = p->need_count == 0 ? "the feed" : "";

    for (size_t n = 0; n < p->need_count; n++)
        text = arena_printf(a, "%s%s%s%s%s", text, n ? ", " : "", processor_table[p->needs[n].processor].name,
                            p->needs[n].scope == NEED_ALL_BEFORE ? " < D" : "", p->needs[n].is_hard ? " (hard)" : "");
    return text;
}

static void
graph_table(const Cli *cli, Arena *a)
{
    enum { COLUMNS = 5 };
    static const char *const headers[COLUMNS + 1] = {"phase", "processor", "timing", "worker", "needs", NULL};
    const TableHead head = {"graph", headers};
    const char *cells[PROC_COUNT * COLUMNS], **c = cells;

    for (size_t i = 0; i < PROC_COUNT; i++) {
        const ProcessorSpec *p = &processor_table[i];

        *c++ = p->phase;
        *c++ = p->name;
        *c++ = p->is_pre_game ? "pre_game" : "post_game";
        *c++ = p->worker;
        *c++ = needs_text(p, a);
    }
    print_cells(cli, &head, cells, PROC_COUNT);
}

/* Below which rows a need is short, and from which age on it is named. */
static void
bounds_table(const Cli *cli, Arena *a)
{
    enum { COLUMNS = 5 };
    static const char *const headers[COLUMNS + 1] = {"processor", "needs", "hard", "#min_rows", "#max_age_h", NULL};
    const TableHead head = {"bounds", headers};
    const char **cells = arena_array(a, (size_t)PROC_COUNT * PROC_COUNT * COLUMNS, sizeof *cells), **c = cells;

    for (size_t i = 0; i < PROC_COUNT; i++) {
        for (size_t n = 0; n < processor_table[i].need_count; n++) {
            const Need *need = &processor_table[i].needs[n];

            if (need->min_rows == 0 && !(need->max_age_h > 0))
                continue;
            *c++ = processor_table[i].name;
            *c++ = processor_table[need->processor].name;
            *c++ = need->is_hard ? "yes" : "no";
            *c++ = need->min_rows > 0 ? arena_printf(a, "%d", (int)need->min_rows) : NULL;
            *c++ = need->max_age_h > 0 ? arena_printf(a, "%g", need->max_age_h) : NULL;
        }
    }
    print_cells(cli, &head, cells, (size_t)(c - cells) / COLUMNS);
}

static const char *
mermaid_text(Arena *a)
{
    const char *text = "flowchart LR";

    for (size_t i = 0; i < PROC_COUNT; i++)
        for (size_t n = 0; n < processor_table[i].need_count; n++)
            text = arena_printf(a, "%s\n    %s -->%s %s", text,
                                processor_table[processor_table[i].needs[n].processor].name,
                                processor_table[i].needs[n].scope == NEED_ALL_BEFORE ? "|every earlier date|" : "",
                                processor_table[i].name);
    return text;
}

int
cmd_graph(Cli *cli)
{
    bool mermaid = cli_take_switch(cli, "--mermaid");
    Arena *a;

    if (!cli_no_more(cli, "graph"))
        return 2;
    a = arena_new(0);
    if (!mermaid) {
        graph_table(cli, a);
        bounds_table(cli, a);
    } else if (!cli->json) {
        (void)puts(mermaid_text(a));
    } else {
        print_member(cli, "mermaid", json_string(mermaid_text(a)));
    }
    arena_free(a);
    return 0;
}

/* ---- worker ---- */

static int
worker_list(const Cli *cli)
{
    static const char *const headers[] = {"worker", "summary", NULL};
    const TableHead head = {"workers", headers, true};
    Arena *a = arena_new(0);
    size_t count = 0;
    const char **cells;

    while (all_workers[count] != NULL)
        count++;
    cells = arena_array(a, count * 2 + 1, sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        cells[i * 2] = all_workers[i]->name;
        cells[i * 2 + 1] = all_workers[i]->summary;
    }
    print_cells(cli, &head, cells, count);
    arena_free(a);
    return 0;
}

int
cmd_worker(Cli *cli)
{
    const char *name = cli_take_word(cli);
    const WorkerSpec *spec;
    LogLevel level;
    Err err;

    if (name == NULL || !cli_no_more(cli, "worker"))
        return cli_usage("worker");
    if (strcmp(name, "list") == 0)
        return worker_list(cli);
    spec = worker_by_name(name);
    if (spec == NULL) {
        (void)fprintf(stderr, "tipoff: no worker '%s'; 'tipoff worker list' shows them\n", name);
        return 2;
    }
    if (!cli_settle_public_dir(cli, &err)
        || (config_get(cli->cfg, "checks_dir")[0] == '\0'
            && !config_set(cli->cfg, "checks_dir", TIPOFF_SOURCE_ROOT "/schemas/checks", &err)))
        return cli_fail(&err);
    if (log_level_parse(config_get(cli->cfg, "log.level"), &level))
        log_init(level, strcmp(config_get(cli->cfg, "log.format"), "json") == 0, name);
    return runner_main(spec, cli->cfg, cli->clock, cli->build);
}

/* ---- version ---- */

int
cmd_version(Cli *cli)
{
    Arena *a;
    size_t count;
    const LibraryVersion *libraries;

    if (!cli_no_more(cli, "version"))
        return 2;
    a = arena_new(0);
    libraries = library_versions(a, &count);
    print_member(cli, "tipoff", json_string(cli->build));
    if (!cli->json)
        (void)printf("tipoff %s\n", cli->build);
    for (size_t i = 0; i < count; i++) {
        print_member(cli, libraries[i].name, json_string(libraries[i].version));
        if (!cli->json)
            (void)printf("%s %s\n", libraries[i].name, libraries[i].version);
    }
    arena_free(a);
    return 0;
}
