/*
 * ops/cli/cmd_admin.c
 *    Small commands about the build and its declarations: migrate, topics, graph, worker, config,
 *    version.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/io/bus.h"
#include "libcore/io/migrate.h"
#include "libcore/runtime/runner.h"
#include "libcore/runtime/start_checks.h"
#include "ops/cli/cli.h"
#include "workers/registry.h"

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
        if (migrate_apply(s.db, TIPOFF_SOURCE_ROOT "/schemas/sql", &applied, &err))
            (void)printf("%d migrations applied\n", applied);
        else
            status = cli_fail(&err);
    }
    cli_close(&s);
    return status;
}

/* ---- topics ---- */

static int
topics_list(const Cli *cli)
{
    Arena *a = arena_new(0);
    size_t count;
    const BusTopic *topics = all_broker_topics(a, &count);

    for (size_t i = 0; i < count; i++) {
        if (cli->json)
            (void)printf("{\"topic\":\"%s\",\"partitions\":%d}\n", topics[i].name, topics[i].partitions);
        else
            (void)printf("%-40s %3d\n", topics[i].name, topics[i].partitions);
    }
    arena_free(a);
    return 0;
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
    bool ok = bus_partition_counts(brokers, &meta, 1, &had_meta, err) && bus_create_topics(brokers, topics, count, created, err);

    *new_log = had_meta == 0;
    if (ok && had_meta == 0)
        ok = bus_write_incarnation(brokers, "kafka", err);
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
        (void)printf("%d topics created, all have the declared partitions%s\n", created,
                     new_log ? "; the log has a new incarnation" : "");
        return 0;
    }
    if (strcmp(verb, "adopt") != 0)
        return cli_usage("topics");
    if (!adopt(cli, incarnation, &err))
        return cli_fail(&err);
    (void)printf("adopted %s: its log is read from the start\n", incarnation);
    return 0;
}

/* ---- graph ---- */

static void
print_needs(const ProcessorSpec *p)
{
    for (size_t n = 0; n < p->need_count; n++)
        (void)printf("%s%s%s%s", n ? ", " : "", processor_table[p->needs[n].processor].name,
                     p->needs[n].scope == NEED_ALL_BEFORE ? " < D" : "", p->needs[n].is_hard ? " (hard)" : "");
    if (p->need_count == 0)
        (void)printf("the feed");
}

int
cmd_graph(Cli *cli)
{
    bool mermaid = cli_take_switch(cli, "--mermaid");

    if (!cli_no_more(cli, "graph"))
        return 2;
    if (mermaid)
        (void)puts("flowchart LR");
    for (size_t i = 0; i < PROC_COUNT; i++) {
        const ProcessorSpec *p = &processor_table[i];

        if (!mermaid) {
            (void)printf("%-12s %-24s %-9s needs ", p->phase, p->name, p->is_pre_game ? "pre_game" : "post_game");
            print_needs(p);
            (void)putchar('\n');
            continue;
        }
        for (size_t n = 0; n < p->need_count; n++)
            (void)printf("    %s -->%s %s\n", processor_table[p->needs[n].processor].name,
                         p->needs[n].scope == NEED_ALL_BEFORE ? "|every earlier date|" : "", p->name);
    }
    return 0;
}

/* ---- worker ---- */

int
cmd_worker(Cli *cli)
{
    const char *name = cli_take_word(cli);
    const WorkerSpec *spec;
    LogLevel level;

    if (name == NULL || !cli_no_more(cli, "worker"))
        return cli_usage("worker");
    if (strcmp(name, "list") == 0) {
        for (size_t i = 0; all_workers[i] != NULL; i++)
            (void)printf("%-20s %s\n", all_workers[i]->name, all_workers[i]->summary);
        return 0;
    }
    spec = worker_by_name(name);
    if (spec == NULL) {
        (void)fprintf(stderr, "tipoff: no worker '%s'; 'tipoff worker list' shows them\n", name);
        return 2;
    }
    if (log_level_parse(config_get(cli->cfg, "log.level"), &level))
        log_init(level, config_bool(cli->cfg, "log.json"), name);
    return runner_main(spec, cli->cfg, cli->clock, cli->build);
}

/* ---- config, version ---- */

int
cmd_config(Cli *cli)
{
    Buf out = {0};

    if (!cli_no_more(cli, "config"))
        return 2;
    config_show(cli->cfg, &out);
    (void)fputs(buf_cstr(&out), stdout);
    buf_free(&out);
    return 0;
}

int
cmd_version(Cli *cli)
{
    if (!cli_no_more(cli, "version"))
        return 2;
    if (cli->json)
        (void)printf("{\"tipoff\":\"%s\",\"librdkafka\":\"%s\",\"libpq\":%d,\"curl\":\"%s\",\"jansson\":\"%s\"}\n",
                     cli->build, rd_kafka_version_str(), PQlibVersion(), LIBCURL_VERSION,
                     JANSSON_VERSION);
    else
        (void)printf("tipoff %s\nlibrdkafka %s, libpq %d, libcurl %s, jansson %s\n", cli->build,
                     rd_kafka_version_str(), PQlibVersion(), LIBCURL_VERSION, JANSSON_VERSION);
    return 0;
}
