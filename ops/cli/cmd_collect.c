/*
 * ops/cli/cmd_collect.c
 *    Read a folder of feeds and publish its events.
 */
#include <stdio.h>
#include "libcore/io/bus.h"
#include "libcore/io/schema_store.h"
#include "ops/cli/print.h"
#include "workers/collect/collect_run.h"

/* People read the notes as they come, programs in the document. */
typedef struct {
    const Cli *cli;
    json_t *notes;
} Hearing;

static void
hear(void *ctx, const CollectNote *note)
{
    Hearing *h = ctx;

    if (h->cli->json)
        (void)json_array_append_new(h->notes,
                                    json_pack("{s:s, s:s}", "kind", note_kind_name(note->kind), "text", note->text));
    else
        (void)fprintf(stderr, "%s: %s\n", note_kind_name(note->kind), note->text);
}

static bool
collect(Cli *cli, const CollectJob *what, CollectResult *result, Err *err)
{
    CollectJob job = *what;
    Hearing hearing = {cli, json_array()};
    char incarnation[BUS_INCARNATION_LEN], hash[CONFIG_HASH_LEN];
    BusProducer *producer = NULL;
    SchemaRegistry *registry = NULL;
    Signals *signals = signals_new(err);
    Db *db = NULL;
    bool ok = signals != NULL && bus_read_incarnation(job.brokers, incarnation, err)
              && db_connect(config_get(cli->cfg, "database.url"), "tipoff-collect", &db, err)
              && schema_store_record_now(db, cli->build, err)
              && schema_registry_open(config_get(cli->cfg, "schema.registry.url"), &registry, err)
              && bus_producer_new(job.brokers, "tipoff-collect", registry, &producer, err);

    job.incarnation = incarnation;
    job.build = cli->build;
    job.config_hash = config_hash(cli->cfg, hash);
    ok = ok && collect_run(&job, db, producer, cli->clock, signals, hear, &hearing, result, err);
    print_member(cli, "notes", hearing.notes);
    bus_producer_free(producer, 5000);
    schema_registry_close(registry);
    db_close(db);
    signals_free(signals);
    return ok;
}

static void
print_summary(const CollectResult *r)
{
    (void)printf(
        "collected %zu dates: %zu feeds sent in %zu parts with %zu rows, %zu rows rejected, %zu feeds unchanged\n",
        r->dates, r->feeds, r->parts, r->rows, r->rejected, r->unchanged);
    if (r->kept > 0)
        (void)printf("%zu feeds stay as they were collected before, since their files are gone or refused\n", r->kept);
    if (r->refused > 0)
        (void)printf("%zu files refused: mend them and collect again\n", r->refused);
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
    if ((from && !cli_parse_date(cli, from, &job.from)) || (to && !cli_parse_date(cli, to, &job.to)))
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
    print_count(cli, "refused", r.refused);
    print_count(cli, "kept", r.kept);
    if (!cli->json)
        print_summary(&r);
    if (r.refused == 0)
        return 0;
    print_document(cli); /* which main leaves to those that fail */
    return 1;
}
