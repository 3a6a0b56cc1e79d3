/*
 * ops/cli/cmd_collect.c
 *    Read a folder of feeds and publish its events.
 */
#include <stdio.h>
#include "libcore/io/bus.h"
#include "ops/cli/print.h"
#include "workers/collect/collect_run.h"

static bool
collect(Cli *cli, const CollectJob *what, CollectResult *result, Err *err)
{
    CollectJob job = *what;
    char incarnation[BUS_INCARNATION_LEN], hash[CONFIG_HASH_LEN];
    BusProducer *producer = NULL;
    Signals *signals = signals_new(err);
    Db *db = NULL;
    bool ok = signals != NULL && bus_read_incarnation(job.brokers, incarnation, err)
              && db_connect(config_get(cli->cfg, "database.url"), "tipoff-collect", &db, err)
              && bus_producer_new(job.brokers, "tipoff-collect", &producer, err);

    job.incarnation = incarnation;
    job.build = cli->build;
    job.config_hash = config_hash(cli->cfg, hash);
    ok = ok && collect_run(&job, db, producer, cli->clock, signals, NULL, NULL, result, err);
    bus_producer_free(producer, 5000);
    db_close(db);
    signals_free(signals);
    return ok;
}

int
cmd_collect(Cli *cli)
{
    bool ok = true;
    const char *from = cli_take_option(cli, "--from", &ok), *to = cli_take_option(cli, "--to", &ok);
    CollectJob job = {.dir = cli_take_option(cli, "--data", &ok),
                      .from = GAME_DATE_NULL,
                      .to = GAME_DATE_NULL,
                      .brokers = config_get(cli->cfg, "kafka.brokers"),
                      .again = cli_take_switch(cli, "--again")};
    CollectResult r;
    Err err = {0};

    if (!ok || !cli_no_more(cli, "collect"))
        return 2;
    if (job.dir == NULL)
        return cli_usage("collect");
    if ((from && !cli_parse_date(from, &job.from)) || (to && !cli_parse_date(to, &job.to)))
        return 2;
    if (job.brokers[0] == '\0' || config_get(cli->cfg, "database.url")[0] == '\0') {
        (void)fputs("tipoff: no deployment: run 'tipoff up', or set DATABASE_URL and KAFKA_BROKERS\n", stderr);
        return 2;
    }
    if (!collect(cli, &job, &r, &err))
        return cli_fail(&err);
    print_count(cli, "dates", r.dates);
    print_count(cli, "feeds", r.feeds);
    print_count(cli, "parts", r.parts);
    print_count(cli, "rows", r.rows);
    print_count(cli, "rejected", r.rejected);
    print_count(cli, "unchanged", r.unchanged);
    if (cli->json)
        return 0;
    (void)printf(
        "collected %zu dates: %zu feeds sent in %zu parts with %zu rows, %zu rows rejected, %zu feeds unchanged\n",
        r.dates, r.feeds, r.parts, r.rows, r.rejected, r.unchanged);
    return 0;
}
