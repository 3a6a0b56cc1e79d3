/*
 * libcore/runtime/start_checks.c
 *    The handshake with the database and the broker.
 */
#include "libcore/runtime/start_checks.h"
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/io/migrate.h"

/* The tables of the runtime itself, which no descriptor describes: their columns, by name. */
static const struct {
    const char *table, *columns;
} runtime_tables[] = {
    {"ops.deployment", "only_one scope_from scope_to feeds"},
    {"ops.season", "season_year version content_hash opening_night last_date games"},
    {"ops.cell", "game_date processor season_year in_scope unscheduled status reason version expected written rejected "
                 "content_hash input_hash inputs is_stale stale_reason schedule_version lane run_id started_at "
                 "finished_at as_of build config_hash correlation_id deadline"},
    {"ops.cell_change", "game_date processor version players teams"},
    {"ops.cell_measure", "game_date processor name value"},
    {"ops.alert",
     "id fingerprint kind severity game_date processor subject message count first_at last_at resolved_at"},
    {"ops.worker_process", "owner worker build config_hash started_at beat_at"},
    {"ops.sink_test", "sink day attempts tried_at due_at last_error"},
    {"ops.check_round", "game_date checked_at"},
    {"ops.cell_due", "game_date processor due_at leased_by leased_until"},
    {"ops.gate_override", "id game_date processor reason granted_by granted_at expires_at revoked_at revoked_by"},
    {"ops.rejected_row", "game_date processor entity reason row_bytes"},
    {"ops.consumer_offset", "consumer_group topic partition incarnation next_offset owner_epoch owner updated_at"},
    {"ops.inbox", "worker event_id received_on"},
    {"ops.outbox",
     "id tx topic key event_id type payload correlation_id worker created_at incarnation partition offset"},
    {"ops.attempt", "consumer_group topic partition owner_epoch first_offset last_offset deaths is_alone opened_at"},
    {"ops.letter",
     "id worker event_id incarnation topic partition offset stamp key type payload correlation_id game_date processor "
     "error_class error_code message fingerprint attempts status status_reason sent_at build first_at last_at "
     "closed_at"},
    {"ops.letter_attempt",
     "letter attempt at incarnation partition offset error_class error_code message fingerprint build"},
    {"ops.letter_edit", "id topic event_id letter at actor reason before after"},
    {"ops.audit", "id at actor command target reason details"},
    {"raw.feed_manifest", "feed game_date manifest_version payload"},
    {"raw.feed_part", "feed game_date event_id payload"},
    {"predictions.request", "game_date player_lookup game_id request_version batch_id run_mode status reason "
                            "outcome_hash systems created_at closed_at"},
    {"predictions.batch_run",
     "batch_id game_date seq input_hash run_mode gate_mode reason asked_by state is_current expected asked eligible "
     "good_quality without_features lined_skipped line_expected line_missing started_at redriven_at closed_at"},
    {"predictions.batch_event", "id at game_date batch_id event state players by reason"},
    {"predictions.batch_order", "id game_date action run_mode reason ordered_by ordered_at taken_at"},
    {"predictions.champion", "only_one system_id"},
    {"features.input_set", "input_set_id game_date cells"},
    {"features.feature_store_gaps", "game_date player_lookup reason subject reason_detail game_id team opponent "
                                    "season_year detected_at detected_by resolved_at resolved_by"},
    {"ops.incarnation", "id adopted_at"},
    {"ops.schema", "fingerprint name schema build recorded_at"},
    {"ops.pause", "target reason paused_by paused_at"},
    {"predictions.export_run", "inputs exported_at"},
};

static bool
check_runtime_tables(DbTx *tx, Err *err)
{
    static const char sql[] = "select c from unnest(string_to_array($2, ' ')) c where not exists (select 1 from"
                              " pg_attribute a where a.attrelid = to_regclass($1) and a.attname = c"
                              " and not a.attisdropped)";

    for (size_t i = 0; i < ARRAY_LEN(runtime_tables); i++) {
        const DbParam params[] = {db_text(runtime_tables[i].table), db_text(runtime_tables[i].columns)};
        DbRows *rows;

        if (!db_exec(tx, sql, params, 2, &rows, err))
            return false;
        if (db_row_count(rows) > 0)
            return ERR_FAIL(
                err, ERR_CONFIG,
                "table %s lacks column %s, which this build needs; the migrations in schemas/sql create it: "
                "run 'tipoff migrate', or add the column that was dropped",
                runtime_tables[i].table, db_get_text(rows, 0, 0));
    }
    return true;
}

static bool
check_list(DbTx *tx, const TableDesc *const *tables, Err *err)
{
    for (size_t i = 0; tables != NULL && tables[i] != NULL; i++)
        if (!catalogue_check(tx, tables[i], err))
            return false;
    return true;
}

bool
check_tables(Db *db, const WorkerSpec *spec, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(db, &tx, err) && check_runtime_tables(tx, err) && check_list(tx, spec->handle_tables, err);

    for (size_t c = 0; ok && c < spec->cell_count; c++)
        ok = check_list(tx, spec->cells[c].writes, err) && check_list(tx, spec->cells[c].reads, err);
    db_rollback(&tx);
    return ok;
}

static bool
touches_topic(const WorkerSpec *spec, TopicId t)
{
    const TopicSpec *topic = &topic_table[t];

    for (size_t i = 0; topic->emitters[i] != NULL; i++)
        if (strcmp(topic->emitters[i], spec->name) == 0)
            return true;
    return worker_consumes(spec->name, t);
}

bool
check_topics(const char *brokers, const WorkerSpec *spec, Err *err)
{
    char names[TOPIC_COUNT * LANE_COUNT][TOPIC_NAME_LEN];
    const char *list[TOPIC_COUNT * LANE_COUNT];
    int have[TOPIC_COUNT * LANE_COUNT], want[TOPIC_COUNT * LANE_COUNT];
    size_t n = 0;

    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        if (!touches_topic(spec, (TopicId)t))
            continue;
        for (int lane = 0; lane < LANE_COUNT; lane++, n++) {
            list[n] = topic_lane_name((TopicId)t, (Lane)lane, names[n]);
            want[n] = topic_table[t].partitions;
        }
    }
    if (!bus_partition_counts(brokers, list, n, have, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (have[i] == 0)
            return ERR_FAIL(err, ERR_CONFIG, "topic %s does not exist at %s: run 'tipoff topics apply'", list[i],
                            brokers);
        if (have[i] < want[i])
            return ERR_FAIL(err, ERR_CONFIG,
                            "topic %s has %d partitions and topics/topics.toml declares %d: keys would move between "
                            "partitions if it grew under kept offsets, so delete and apply it again, or declare %d",
                            list[i], have[i], want[i], have[i]);
    }
    return true;
}

bool
adopt_incarnation(DbTx *tx, const char *incarnation, Err *err)
{
    const DbParam params[] = {db_text(incarnation)};

    return db_exec(tx, "insert into ops.incarnation (id) values ($1) on conflict do nothing", params, 1, NULL, err);
}

bool
check_incarnation(Db *db, const char *incarnation, Err *err)
{
    static const char sql[] = "select id = $1, id from ops.incarnation order by id = $1 desc, adopted_at desc limit 1";
    const DbParam params[] = {db_text(incarnation)};
    DbTx *tx = NULL;
    DbRows *rows;
    bool ok = db_begin(db, &tx, err) && db_exec(tx, sql, params, 1, &rows, err);

    if (ok && db_row_count(rows) > 0 && !db_get_bool(rows, 0, 0) && !bus_is_embedded(incarnation))
        ok = ERR_FAIL(err, ERR_CONFIG,
                      "the broker's log is %s, and the kept offsets are of %s: the broker has lost its log or is "
                      "another one. 'tipoff topics adopt' takes the new log from its start (events that were handled "
                      "are recognised, and unsettled ones are published again)",
                      incarnation, db_get_text(rows, 0, 1));
    ok = ok && adopt_incarnation(tx, incarnation, err) && db_commit(&tx, err);
    db_rollback(&tx);
    return ok;
}

const BusTopic *
all_broker_topics(Arena *a, size_t *count)
{
    BusTopic *list = arena_array(a, TOPIC_COUNT * LANE_COUNT * 2 + 1, sizeof *list);
    char name[TOPIC_NAME_LEN];
    size_t n = 0;

    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        for (int lane = 0; lane < LANE_COUNT; lane++) {
            const char *base = arena_strdup(a, topic_lane_name((TopicId)t, (Lane)lane, name));
            const TopicSpec *spec = &topic_table[t];

            list[n++] = (BusTopic){base, spec->partitions, spec->retention_days * 24, spec->compression, false};
            if (spec->consumers[0] != NULL)
                list[n++] = (BusTopic){arena_printf(a, "%s.dlq", base), 1, spec->retention_days * 24, spec->compression,
                                       false};
        }
    }
    list[n++] = (BusTopic){BUS_META_TOPIC, 1, 0, "zstd", true};
    *count = n;
    return list;
}
