/*
 * tests/support/rig.c
 *    See the header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "events_gen.h"
#include "libcore/runtime/grid.h"
#include "tables_gen.h"
#include "tests/support/rig.h"
#include "tests/support/rows.h"

/* ---- the log ---- */

static int64_t
next_offset(FakeLog *log, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < log->count; i++)
        if (log->ends[i].partition == partition && strcmp(log->ends[i].topic, topic) == 0)
            return log->ends[i].end++;
    assert_in_range(log->count, 0, FAKE_PARTITIONS_MAX - 1);
    (void)snprintf(log->ends[log->count].topic, BUS_TOPIC_LEN, "%s", topic);
    log->ends[log->count].partition = partition;
    log->ends[log->count++].end = 1;
    return 0;
}

BusMessage
fake_log_append(FakeLog *log, const char *topic, int32_t partition, const char *key, const char *event_id,
                Bytes payload)
{
    return (BusMessage){
        .topic = topic,
        .partition = partition,
        .offset = next_offset(log, topic, partition),
        .stamp = {INT64_C(1733000000000000)},
        .key = key,
        .payload = payload,
        .event_id = event_id,
        .type = "tipoff.Completion",
        .correlation_id = "a correlation",
    };
}

BusMessage
fake_log_completion(FakeLog *log, ProcessorId processor, GameDate date, int32_t version, int32_t partition, Arena *a)
{
    static const uint8_t hash[CONTENT_HASH_LEN];
    const ProcessorSpec *p = &processor_table[processor];
    char day[DATE_TEXT_LEN];
    const char *key = arena_strdup(a, date_format(date, day));
    const Completion c = {
        .event_id = arena_printf(a, "%s:%s:v%d", p->name, key, (int)version),
        .phase = p->phase,
        .processor = p->name,
        .game_date = date,
        .lane = "live",
        .run_id = "a run",
        .cell_version = version,
        .status = "success",
        .expected = 1,
        .written = 1,
        .content_hash = bytes_of(hash, sizeof hash),
        .input_hash = bytes_of(hash, sizeof hash),
        .build = "a build",
        .config_hash = "a configuration",
        .correlation_id = "a correlation",
    };
    Buf body = {0}, framed = {0};
    Bytes payload;

    completion_encode(&c, &body);
    event_frame(&completion_schema, bytes_of(body.data, body.len), &framed);
    payload = bytes_of(arena_strndup(a, (const char *)framed.data, framed.len), framed.len);
    buf_free(&body);
    buf_free(&framed);
    return fake_log_append(log, topic_table[p->completed_topic].name, partition, key, c.event_id, payload);
}

/* ---- the grid ---- */

void
lay_season(Db *db, const GameDate *dates, size_t count)
{
    Arena *a = arena_new(0);
    ScheduleGame *games = arena_array(a, count, sizeof *games);
    int32_t season = date_season_year(dates[0]), version;
    DbTx *tx = NULL;
    Err err;

    for (size_t i = 0; i < count; i++) {
        games[i] = schedule_game_null();
        games[i].game_id = arena_printf(a, "%d_NYK_BOS", (int)dates[i].days);
        games[i].game_date = dates[i];
        games[i].season_year = season;
        games[i].home_team = "BOS";
        games[i].away_team = "NYK";
    }
    if (!db_begin(db, &tx, &err) || !grid_lay_season(tx, season, games, count, a, &version, &err)
        || !db_commit(&tx, &err))
        fail_msg("laying the grid: %s", err.msg);
    arena_free(a);
}

void
end_cell(Db *db, ProcessorId processor, GameDate date, const char *status, const char *reason, unsigned content)
{
    char day[DATE_TEXT_LEN];

    pg_run(db,
           "update ops.cell set status = '%s', reason = nullif('%s', ''), version = version + 1,"
           " content_hash = decode(repeat('%02x', 32), 'hex') where game_date = '%s' and processor = '%s'",
           status, reason ? reason : "", content, date_format(date, day), processor_table[processor].name);
}

/* ---- the worker ---- */

CountingWorker counting;

void
counting_reset(void)
{
    atomic_store(&counting.runs, 0);
    counting.poison = GAME_DATE_NULL;
    counting.during = NULL;
    counting.ctx = NULL;
    counting.says = NULL;
}

static bool
counting_decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    FeatureRow *rows = rows_filled(&feature_row_table, 2, in->date, 1, a);
    Buf seen = {0};

    (void)loaded;
    if (atomic_fetch_add(&counting.runs, 1) == 0 && counting.during != NULL)
        counting.during(counting.ctx);
    if (date_equal(in->date, counting.poison))
        return ERR_FAIL(err, ERR_POISON, "a decision that cannot be taken");
    for (size_t i = 0; i < in->need_count; i++)
        buf_printf(&seen, "%s %d %s %02x,", processor_table[in->needs[i].processor].name, (int)in->needs[i].date.days,
                   cell_status_name(in->needs[i].status), (unsigned)in->needs[i].content_hash[0]);
    rows[0].player_name = rows[1].player_name = arena_strdup(a, buf_cstr(&seen));
    buf_free(&seen);
    cell_output_rows(out, &feature_row_table, rows, 2, 2);
    if (counting.says != NULL)
        counting.says(in, a, out);
    return true;
}

static const TableDesc *const counting_writes[] = {&feature_row_table, NULL};
static const CellSpec counting_cells[] = {
    {.processor = PROC_FEATURE_STORE, .writes = counting_writes, .decide = counting_decide},
};
const WorkerSpec counting_worker = {
    .name = "feature-store",
    .summary = "counts its runs",
    .cells = counting_cells,
    .cell_count = 1,
};

/* ---- its process ---- */

void
rig_open_worker(Rig *r, const WorkerSpec *spec, const char *owner, Instant now)
{
    *r = (Rig){.db = pg_open(owner), .a = arena_new(0)};
    r->clock = clock_manual_new(now);
    r->p = (Process){
        .spec = spec,
        .clock = r->clock,
        .ctx
        = {.public_dir = "/nowhere", .build = "a build", .config_hash = "a configuration", .feeds = feeds_default()},
        .incarnation = "kafka:test:1",
        .run_id = owner,
        .db = r->db,
    };
    rig_advance(r, 0);
    (void)snprintf(r->group, sizeof r->group, "tipoff.%s", spec->name);
    r->p.partitions = partitions_new(r->group, r->p.incarnation, owner);
    r->p.outbox = outbox_new(spec->name, r->p.incarnation);
    r->p.codec = codec_new(NULL);
}

void
rig_advance(Rig *r, int64_t us)
{
    clock_manual_advance(r->clock, us);
    r->p.ctx.now = clock_now(r->clock);
    r->p.ctx.today = clock_today(r->clock);
}

void
rig_open(Rig *r, const char *owner)
{
    GameDate today;

    assert_true(date_make(2030, 1, 1, &today)); /* every date of the tests is past */
    rig_open_worker(r, &counting_worker, owner, date_eastern_instant(today, 12, 0));
}

void
rig_close(Rig *r)
{
    partitions_free(r->p.partitions);
    outbox_free(r->p.outbox);
    codec_free(r->p.codec);
    clock_free(r->clock);
    arena_free(r->a);
    db_close(r->db);
}

void
rig_claim(Rig *r, int32_t count)
{
    BusPartition parts[FAKE_PARTITIONS_MAX];
    size_t n = 0;
    Err err;

    for (size_t t = 0; t < TOPIC_COUNT; t++)
        for (int32_t i = 0; worker_consumes(r->p.spec->name, (TopicId)t) && i < count; i++)
            parts[n++] = (BusPartition){topic_table[t].name, i};
    if (!partitions_claim(r->p.partitions, r->db, parts, n, &err))
        fail_msg("claiming: %s", err.msg);
}

static int
compare_messages(const void *pa, const void *pb)
{
    const BusMessage *a = pa, *b = pb;
    int order = strcmp(a->topic, b->topic);

    if (order != 0)
        return order;
    if (a->partition != b->partition)
        return a->partition < b->partition ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

bool
rig_batch(Rig *r, BusMessage *m, size_t count, BatchResult *result, bool *fenced, Err *err)
{
    bool ok;

    qsort(m, count, sizeof *m, compare_messages);
    ok = batch_process(&r->p, m, count, r->a, result, fenced, err);
    outbox_forget(r->p.outbox); /* nobody publishes here */
    return ok;
}

BatchResult
rig_deliver(Rig *r, BusMessage *m, size_t count)
{
    BatchResult result;
    bool fenced;
    Err err;

    if (!rig_batch(r, m, count, &result, &fenced, &err))
        fail_msg("a batch: %s", err.msg);
    assert_false(fenced);
    return result;
}

void
rig_look_at_due(Rig *r)
{
    ScanResult result;
    Err err;

    arena_reset(r->a);
    if (!batch_due(&r->p, r->a, &result, &err))
        fail_msg("looking at what is due: %s", err.msg);
    outbox_forget(r->p.outbox); /* nobody publishes here */
}
