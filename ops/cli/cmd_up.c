/*
 * ops/cli/cmd_up.c
 *    up: Postgres, broker, migrations, topics, workers, in this order, until every group owns its
 *    partitions. down: the other way round.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "libcore/io/bus.h"
#include "libcore/io/migrate.h"
#include "libcore/runtime/grid.h"
#include "libcore/runtime/start_checks.h"
#include "ops/cli/conf_text.h"
#include "ops/cli/print.h"
#include "ops/cli/process.h"
#include "ops/cli/supervisor.h"
#include "workers/registry.h"

enum { ASSIGN_DEADLINE_MS = 90000, BROKER_DEADLINE_MS = 20000, TICK_MS = 50, FIRST_PORT = 29592, PORTS = 400 };

typedef struct {
    Cli *cli;
    const char *run_dir;
    Arena *a;
    bool kafka;        /* start Apache Kafka */
    bool embedded;     /* start the embedded broker */
    bool own_postgres; /* start the private cluster */
    bool is_taken;     /* by a deployment that runs, and is none of ours to stop */
    GameDate from, to;
    FeedSet feeds;
    char brokers[128];
    Buf url;
} Up;

static void
tick(void)
{
    const struct timespec t = {.tv_nsec = TICK_MS * 1000000L};

    (void)nanosleep(&t, NULL);
}

static bool
run_script(const Up *u, const char *script, const char *verb, Buf *out, Err *err)
{
    const char *const argv[] = {arena_printf(u->a, "%s/ops/%s", TIPOFF_SOURCE_ROOT, script), verb, NULL};

    return process_run(argv, out, err);
}

/* ---- the run folder ---- */

/* Absolute, so that workers and scripts agree on it wherever they run. */
static bool
settle_run_dir(Up *u, Err *err)
{
    char path[4096];
    const char *dir = config_get(u->cli->cfg, "run_dir");

    if (mkdir(dir, 0755) != 0 && errno != EEXIST)
        return ERR_FAIL(err, ERR_CONFIG, "cannot make the run folder %s: %s", dir, strerror(errno));
    if (realpath(dir, path) == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "%s: %s", dir, strerror(errno));
    if (setenv("TIPOFF_RUN_DIR", path, 1) != 0 || !config_set(u->cli->cfg, "run_dir", path, err))
        return false;
    u->run_dir = config_get(u->cli->cfg, "run_dir");
    return true;
}

/* What stands in the file beside them stays. */
static bool
write_conf(const Up *u, Err *err)
{
    static const char *const keys[] = {"database.url", "kafka.brokers", "public_dir", "schema.registry.url",
                                       "feeds.subscribed"};
    const char *values[ARRAY_LEN(keys)];

    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        values[i] = strcmp(keys[i], "kafka.brokers") == 0 ? u->brokers : config_get(u->cli->cfg, keys[i]);
        if (values[i][0] == '\0')
            values[i] = NULL;
    }
    return conf_file_set(arena_printf(u->a, "%s/tipoff.conf", u->run_dir), keys, values, ARRAY_LEN(keys), err);
}

static bool
leave_mark(const Up *u, const char *name, Err *err)
{
    FILE *f = fopen(arena_printf(u->a, "%s/%s.started", u->run_dir, name), "w");

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write into %s: %s", u->run_dir, strerror(errno));
    return fclose(f) == 0;
}

/* ---- steps ---- */

/* A fixed port that nobody listens on, so that a restarted broker keeps its address. The search begins
 * at a port of the run folder's own: what is left of one deployment does not find another's broker.
 * 0 when all are taken. */
static int
free_port(const char *run_dir)
{
    unsigned start = 0;

    for (const char *p = run_dir; *p != '\0'; p++)
        start = start * 31 + (unsigned char)*p;
    for (unsigned i = 0; i < PORTS; i++) {
        int port = FIRST_PORT + (int)((start + i) % PORTS);
        const struct sockaddr_in at = {
            .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
        bool free;

        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        free = fd >= 0 && bind(fd, (const struct sockaddr *)(const void *)&at, sizeof at) == 0;
        if (fd >= 0)
            (void)close(fd);
        if (free)
            return port;
    }
    return 0;
}

static bool
start_postgres(Up *u, Err *err)
{
    if (u->own_postgres
        && (!run_script(u, "postgres", "start", NULL, err) || !leave_mark(u, "postgres", err)
            || !run_script(u, "postgres", "url", &u->url, err)
            || !config_set(u->cli->cfg, "database.url", buf_cstr(&u->url), err)))
        return false;
    return cli_settle_public_dir(u->cli, err);
}

static bool
prepare_database(Up *u, Err *err)
{
    const Scope scope = {u->from, u->to};
    Db *db = NULL;
    DbTx *tx = NULL;
    int applied;
    bool ok = db_connect(config_get(u->cli->cfg, "database.url"), "tipoff-up", &db, err)
              && migrate_apply(db, TIPOFF_SOURCE_ROOT "/schemas/sql", &applied, err) && db_begin(db, &tx, err)
              && deployment_save(tx, scope, &u->feeds, err) && db_commit(&tx, err);

    db_rollback(&tx);
    db_close(db);
    return ok;
}

static bool
start_kafka(Up *u, Err *err)
{
    Buf out = {0};
    bool ok;

    if (!u->kafka) {
        (void)snprintf(u->brokers, sizeof u->brokers, "%s", config_get(u->cli->cfg, "kafka.brokers"));
        if (u->embedded) {
            int port = free_port(u->run_dir);

            if (port == 0)
                return ERR_FAIL(err, ERR_CONFIG, "ports %d to %d are all taken", FIRST_PORT, FIRST_PORT + PORTS - 1);
            (void)snprintf(u->brokers, sizeof u->brokers, "127.0.0.1:%d", port);
        }
        return true;
    }
    ok = run_script(u, "kafka", "start", NULL, err) && leave_mark(u, "kafka", err)
         && run_script(u, "kafka", "brokers", &out, err);
    if (ok)
        (void)snprintf(u->brokers, sizeof u->brokers, "%s", buf_cstr(&out));
    buf_free(&out);
    return ok;
}

/* Kafka's topics are made by the admin calls; the embedded broker makes its own when it starts. */
static bool
apply_topics(Up *u, Err *err)
{
    const BusTopic *topics;
    size_t count;
    int created;
    bool is_new;

    if (u->embedded)
        return true;
    topics = all_broker_topics(u->a, &count);
    return bus_create_topics(u->brokers, topics, count, &created, err)
           && bus_ensure_incarnation(u->brokers, "kafka", &is_new, err);
}

/* The embedded broker writes its address when its topics are there; whoever asks before that has
 * librdkafka complain of brokers that are down. */
static bool
wait_for_address(const Up *u)
{
    const char *path = arena_printf(u->a, "%s/broker.addr", u->run_dir);

    for (int waited = 0; u->embedded && waited < BROKER_DEADLINE_MS && supervisor_pid(u->run_dir) != 0;
         waited += TICK_MS) {
        if (access(path, F_OK) == 0)
            return true;
        tick();
    }
    return !u->embedded;
}

static bool
wait_for_broker(Up *u, char incarnation[BUS_INCARNATION_LEN], Err *err)
{
    if (!wait_for_address(u))
        return ERR_FAIL(err, ERR_CONFIG, "the broker does not come up: see %s/logs/broker.log", u->run_dir);
    for (int waited = 0; waited < BROKER_DEADLINE_MS; waited += 1000) {
        if (bus_read_incarnation(u->brokers, incarnation, err))
            return true;
        if (supervisor_pid(u->run_dir) == 0)
            break;
        tick();
    }
    return err_prefix(err, "the broker does not come up (%s/logs/broker.log)", u->run_dir);
}

/* By the clock that stamps the owners' rows. */
static bool
database_now(Up *u, Instant *now, Err *err)
{
    Session s;
    DbRows *rows;
    bool ok = cli_open(u->cli, &s, err) && db_exec(s.tx, "select clock_timestamp()", NULL, 0, &rows, err);

    if (ok)
        *now = db_get_ts(rows, 0, 0);
    cli_close(&s);
    return ok;
}

static size_t
wanted_partitions(void)
{
    size_t n = 0;

    for (size_t t = 0; t < TOPIC_COUNT; t++)
        for (size_t c = 0; topic_table[t].consumers[c] != NULL; c++)
            n += (size_t)topic_table[t].partitions * LANE_COUNT;
    return n;
}

static bool
wait_for_groups(Up *u, const char *incarnation, Instant since, Err *err)
{
    static const char sql[] = "select count(*) from ops.consumer_offset where incarnation = $1 and updated_at >= $2";
    const DbParam params[] = {db_text(incarnation), db_ts(since)};
    Session s;
    size_t have = 0, want = wanted_partitions();
    bool ok = cli_open(u->cli, &s, err);

    for (int waited = 0; ok && have < want && waited < ASSIGN_DEADLINE_MS; waited += TICK_MS) {
        DbRows *rows;

        tick();
        db_rollback(&s.tx);
        ok = db_begin(s.db, &s.tx, err) && db_exec(s.tx, sql, params, 2, &rows, err);
        if (ok)
            have = (size_t)db_get_i64(rows, 0, 0);
    }
    cli_close(&s);
    return ok
           && (have >= want
               || ERR_FAIL(err, ERR_CONFIG, "%zu of %zu partitions found an owner; see %s/logs", have, want,
                           u->run_dir));
}

static bool
bring_up(Up *u, Err *err)
{
    char incarnation[BUS_INCARNATION_LEN];
    Instant since;

    if (!settle_run_dir(u, err))
        return false;
    if (supervisor_pid(u->run_dir) != 0) {
        u->is_taken = true;
        return ERR_FAIL(err, ERR_CONFIG, "a deployment runs in %s already: 'tipoff down' stops it", u->run_dir);
    }
    if (!start_postgres(u, err) || !start_kafka(u, err) || !write_conf(u, err) || !prepare_database(u, err)
        || !apply_topics(u, err))
        return false;
    if (!database_now(u, &since, err))
        return false;
    return supervisor_start(u->cli, u->embedded, err) && wait_for_broker(u, incarnation, err)
           && wait_for_groups(u, incarnation, since, err);
}

static bool
stop_marked(Up *u, const char *name, Err *err)
{
    const char *mark = arena_printf(u->a, "%s/%s.started", u->run_dir, name);

    if (access(mark, F_OK) != 0)
        return true;
    return run_script(u, name, "stop", NULL, err)
           && (unlink(mark) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot remove %s: %s", mark, strerror(errno)));
}

static bool
bring_down(Up *u, Err *err)
{
    return supervisor_stop(u->run_dir, err) && stop_marked(u, "kafka", err) && stop_marked(u, "postgres", err);
}

/* What an earlier 'up' wrote into the run folder is no wish of the user's. */
static bool
is_named_by_user(const Config *cfg, const char *key)
{
    const char *origin = config_origin(cfg, key);

    return strcmp(origin, "environment") == 0 || strcmp(origin, "flag") == 0;
}

int
cmd_up(Cli *cli)
{
    Up u = {.cli = cli,
            .a = arena_new(0),
            .from = config_date(cli->cfg, "scope.from"),
            .to = config_date(cli->cfg, "scope.to")};
    bool ok = true;
    const char *from = cli_take_option(cli, "--from", &ok), *to = cli_take_option(cli, "--to", &ok);
    Err err;
    int status = 0;

    u.kafka = cli_take_switch(cli, "--kafka");
    if (!ok || !cli_no_more(cli, "up") || (from && !cli_parse_date(cli, from, &u.from))
        || (to && !cli_parse_date(cli, to, &u.to)))
        return 2;
    if (u.kafka && is_named_by_user(cli->cfg, "kafka.brokers")) {
        (void)fprintf(stderr, "tipoff: --kafka starts a broker, and KAFKA_BROKERS names one: choose\n");
        return 2;
    }
    if (!cli_feeds(cli, &u.feeds, &err)) {
        arena_free(u.a);
        return cli_fail(&err);
    }
    u.own_postgres = !is_named_by_user(cli->cfg, "database.url");
    u.embedded = !u.kafka && !is_named_by_user(cli->cfg, "kafka.brokers");
    if (!bring_up(&u, &err)) {
        status = cli_fail(&err);
        if (!u.is_taken && u.run_dir != NULL && !bring_down(&u, &err))
            (void)cli_fail(&err);
    }
    print_member(cli, "brokers", json_string(u.brokers));
    print_member(cli, "run_dir", json_string(config_get(cli->cfg, "run_dir")));
    print_member(cli, "feeds", json_string(feeds_text(&u.feeds, u.a)));
    if (status == 0 && !cli->json)
        (void)printf("the deployment is up: broker %s, run folder %s, feeds %s\n", u.brokers, u.run_dir,
                     feeds_text(&u.feeds, u.a));
    buf_free(&u.url);
    arena_free(u.a);
    return status;
}

int
cmd_down(Cli *cli)
{
    Up u = {.cli = cli, .a = arena_new(0)};
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "down"))
        return 2;
    print_member(cli, "run_dir", json_string(config_get(cli->cfg, "run_dir")));
    if (access(config_get(cli->cfg, "run_dir"), F_OK) != 0)
        (void)(cli->json || printf("nothing runs in %s\n", config_get(cli->cfg, "run_dir")));
    else if (!settle_run_dir(&u, &err) || !bring_down(&u, &err))
        status = cli_fail(&err);
    else
        (void)(cli->json || puts("tipoff is down"));
    arena_free(u.a);
    return status;
}
