/*
 * ops/cli/dlq_try.c
 *    A retry without effect: each letter's event is handled by its worker in a transaction that is rolled back.
 *    Every one alone: what an earlier one would have changed is not there for a later one.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/batch.h"
#include "libcore/runtime/letters.h"
#include "ops/cli/dlq.h"
#include "workers/registry.h"

enum { COLUMNS = 6 };

typedef struct {
    Process p;
    SchemaRegistry *registry;
    char config_hash[CONFIG_HASH_LEN];
    Arena *scratch;
} Rehearsal;

/* A process of no worker yet, on a connection of its own: it begins and ends a transaction a letter. */
static bool
rehearsal_open(const Dlq *d, Rehearsal *r, Err *err)
{
    const Cli *cli = d->cli;
    Err *e = err;

    *r = (Rehearsal){.scratch = arena_new(0)};
    r->p = (Process){.clock = cli->clock, .run_id = "dlq-dry-run"};
    if (!cli_settle_public_dir(cli, e)
        || !schema_registry_open(config_get(cli->cfg, "schema.registry.url"), &r->registry, e)
        || !db_connect(config_get(cli->cfg, "database.url"), "tipoff-cli", &r->p.db, e)
        || !feeds_load(d->s.tx, &r->p.ctx.feeds, e))
        return false;
    r->p.codec = codec_new(r->registry);
    r->p.ctx.build = cli->build;
    r->p.ctx.config_hash = config_hash(cli->cfg, r->config_hash);
    r->p.ctx.public_dir = config_get(cli->cfg, "public_dir");
    r->p.ctx.now = clock_now(cli->clock);
    r->p.ctx.today = clock_today(cli->clock);
    return true;
}

static void
rehearsal_close(Rehearsal *r)
{
    codec_free(r->p.codec);
    db_close(r->p.db);
    schema_registry_close(r->registry);
    arena_free(r->scratch);
}

static BusMessage
message_of(const DbRows *rows, size_t r)
{
    return (BusMessage){.topic = db_get_text(rows, r, 2),
                        .partition = db_get_i32(rows, r, 3),
                        .offset = db_get_i64(rows, r, 4),
                        .stamp = db_get_ts(rows, r, 5),
                        .key = db_get_text(rows, r, 6),
                        .event_id = db_get_text(rows, r, 7),
                        .type = db_get_text(rows, r, 8),
                        .correlation_id = db_get_text(rows, r, 9),
                        .payload = db_get_bytes(rows, r, 10)};
}

/* The row that says what would become of the letter. */
static bool
rehearse_one(Rehearsal *r, const DbRows *rows, size_t row, const char **cells, bool *fails, Arena *a, Err *err)
{
    const BusMessage m = message_of(rows, row);
    BatchTrial trial;

    cells[0] = arena_strdup(a, db_get_text(rows, row, 11));
    cells[1] = db_get_text(rows, row, 1);
    r->p.spec = worker_by_name(cells[1]);
    r->p.incarnation = db_get_text(rows, row, 12);
    *fails = true;
    if (r->p.spec == NULL) {
        cells[2] = "would fail";
        cells[5] = "this build has no such worker";
        return true;
    }
    arena_reset(r->scratch);
    if (!batch_try(&r->p, &m, r->scratch, &trial, err))
        return false;
    *fails = !trial.would_pass;
    cells[2] = trial.is_known ? "is done" : trial.would_pass ? "would pass" : "would fail";
    if (trial.would_pass) {
        cells[5] = trial.is_known ? "its event has been processed"
                                  : arena_printf(a, "%zu cells would end", trial.cells);
        return true;
    }
    cells[3] = arena_printf(a, "%s %s", err_class_name(trial.cause.cls), trial.cause.code);
    cells[4] = strcmp(letter_fingerprint(&trial.cause, a), db_get_text(rows, row, 13)) == 0 ? "yes" : "no";
    cells[5] = utf8_mend(arena_strdup(a, trial.cause.msg));
    return true;
}

static void
tell(const Dlq *d, const char *const *cells, size_t count, size_t failures)
{
    static const char *const headers[] = {"#letter", "worker", "verdict", "error", "as before", "message", NULL};
    const TableHead head = {"rehearsal", headers, true};

    print_cells(d->cli, &head, cells, count);
    print_count(d->cli, "would_pass", count - failures);
    print_count(d->cli, "would_fail", failures);
    print_member(d->cli, "dry_run", json_true());
    if (!d->cli->json)
        (void)printf("%zu letters would pass, %zu would fail; nothing was changed\n", count - failures, failures);
}

bool
dlq_rehearse(Dlq *d, Err *err)
{
    static const char sql[]
        = "select l.id, l.worker, l.topic, l.partition, l.\"offset\", l.stamp, l.key, l.event_id, l.type,"
          " l.correlation_id, " LETTER_PAYLOAD ", l.id::text, l.incarnation, l.fingerprint from ops.letter l"
          " where " LETTER_WHERE " and l.status <> 'closed' order by l.topic, l.partition, l.\"offset\", l.id";
    DbParam params[LETTER_PARAMS];
    size_t failures = 0, count;
    const char **cells;
    Rehearsal r;
    DbRows *rows;
    bool ok, fails;

    letter_filter_params(&d->filter, d->s.a, params);
    ok = rehearsal_open(d, &r, err) && db_exec(d->s.tx, sql, params, LETTER_PARAMS, &rows, err);
    count = ok ? db_row_count(rows) : 0;
    cells = arena_array(d->s.a, count * COLUMNS + 1, sizeof *cells);
    for (size_t i = 0; ok && i < count; i++) {
        ok = rehearse_one(&r, rows, i, &cells[i * COLUMNS], &fails, d->s.a, err)
             || err_prefix(err, "letter %s", cells[i * COLUMNS]);
        failures += ok && fails;
    }
    if (ok) {
        tell(d, cells, count, failures);
        d->status = failures > 0;
    }
    rehearsal_close(&r);
    return ok;
}
