/*
 * ops/cli/cmd_dlq.c
 *    Dead letters: list, show, retry. A retry publishes the original bytes under the original id; the
 *    worker closes the letter in the transaction in which it succeeds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/io/bus.h"
#include "libcore/io/codec.h"
#include "ops/cli/print.h"

static bool
list_letters(const Cli *cli, Session *s, bool all, Err *err)
{
    static const char sql[]
        = "select id::text, status, worker, topic, partition::text, \"offset\"::text, coalesce(game_date::text, key),"
          " processor, error_class || ' ' || error_code, attempts::text, fingerprint,"
          " to_char(last_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), message from ops.letter"
          " where $1 or status = 'open' order by id";
    static const char *const headers[] = {"#id",  "status", "worker",    "topic",       "#partition", "#offset", "date",
                                          "cell", "error",  "#attempts", "fingerprint", "last",       "message", NULL};
    const TableHead head = {"letters", headers, true};
    const DbParam params[] = {db_bool(all)};

    return print_query(cli, s, &head, sql, params, 1, err);
}

/* ---- show ---- */

static bool
resolve(const Cli *cli, Session *s, Bytes payload, Bytes *message, Err *err)
{
    SchemaRegistry *registry = NULL;
    Codec *codec;
    bool ok;

    if (!schema_registry_open(config_get(cli->cfg, "schema.registry.url"), &registry, err))
        return false;
    codec = codec_new(registry);
    ok = codec_resolve(codec, s->tx, payload, s->a, message, err);
    codec_free(codec);
    schema_registry_close(registry);
    return ok;
}

/* A sentence about the payload, or the record in JSON. */
static const char *
describe_payload(const Cli *cli, Session *s, Bytes payload, json_t **record)
{
    const EventSchema *schema;
    uint64_t fingerprint;
    const char *text;
    Bytes message, body;
    Buf json = {0};
    Arena *a = s->a;
    Err err;

    *record = NULL;
    if (!resolve(cli, s, payload, &message, &err) || !event_unframe(message, &fingerprint, &body, &err))
        return arena_printf(a, "%zu bytes: %s", payload.len, err.msg);
    schema = codec_schema_by_fingerprint(fingerprint);
    if (schema == NULL)
        return arena_printf(a, "%zu bytes of an unknown schema %016llx", payload.len, (unsigned long long)fingerprint);
    if (codec_to_json(schema, body, &json, &err)) {
        *record = json_loads(buf_cstr(&json), 0, NULL);
        text = arena_printf(a, "%s %s", schema->name, buf_cstr(&json));
    } else {
        text = arena_printf(a, "%zu bytes that should be a %s: %s", payload.len, schema->name, err.msg);
    }
    buf_free(&json);
    return text;
}

static bool
show_letter(const Cli *cli, Session *s, int64_t id, Err *err)
{
    static const char sql[]
        = "select id::text, status, worker, event_id, type, topic, partition::text, \"offset\"::text, incarnation, key,"
          " correlation_id, game_date::text, processor, error_class, error_code, message, fingerprint, attempts::text,"
          " build, first_at::text, last_at::text, closed_at::text, payload from ops.letter where id = $1";
    static const char *const names[] = {
        "#id",         "status",    "worker",         "event_id", "type",    "topic",       "#partition", "#offset",
        "incarnation", "key",       "correlation_id", "date",     "cell",    "error_class", "error_code", "message",
        "fingerprint", "#attempts", "build",          "first_at", "last_at", "closed_at",   NULL};
    const TableHead head = {"letters", names, true};
    const DbParam params[] = {db_i64(id)};
    const char *payload;
    json_t *record;
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_POISON, "no letter %lld; 'tipoff dlq list --all' shows them", (long long)id);
    payload = describe_payload(cli, s, db_get_bytes(rows, 0, 22), &record);
    if (cli->json) {
        print_rows(cli, &head, rows);
        print_member(cli, "payload", record ? record : json_string(payload));
        return true;
    }
    json_decref(record);
    for (int c = 0; names[c] != NULL; c++)
        (void)printf("%-15s %s\n", names[c] + (names[c][0] == '#'),
                     db_get_text(rows, 0, c) ? db_get_text(rows, 0, c) : "-");
    (void)printf("payload: %s\n", payload);
    return true;
}

/* ---- retry ---- */

/* Every worker that could not use an event has a letter of it; one copy is for all of them. */
static bool
is_sent_for_another(const DbRows *rows, size_t row)
{
    for (size_t r = 0; r < row; r++)
        if (strcmp(db_get_text(rows, r, 1), db_get_text(rows, row, 1)) == 0
            && strcmp(db_get_text(rows, r, 3), db_get_text(rows, row, 3)) == 0)
            return true;
    return false;
}

static bool
publish_again(Cli *cli, const DbRows *rows, Err *err)
{
    BusProducer *p;
    const BusDelivery *done;
    size_t delivered = 0, n = 0;
    bool ok = true;

    if (!bus_producer_new(config_get(cli->cfg, "kafka.brokers"), "tipoff-dlq", NULL, &p, err))
        return false;
    for (size_t r = 0; ok && r < db_row_count(rows); r++) {
        const char *key = db_get_text(rows, r, 2), *type = db_get_text(rows, r, 4);
        const BusRecord record = {
            .topic = db_get_text(rows, r, 1),
            .key = key ? key : "",
            .event_id = db_get_text(rows, r, 3),
            .type = type ? type : "",
            .source = "dlq-retry",
            .correlation_id = db_get_text(rows, r, 5),
            .stamp = clock_now(cli->clock),
            .payload = db_get_bytes(rows, r, 6),
        };

        if (is_sent_for_another(rows, r))
            continue;
        ok = bus_produce(p, &record, db_get_i64(rows, r, 0), err);
        n++;
    }
    for (int i = 0; ok && i < 300 && delivered < n; i++) {
        size_t got = bus_deliveries(p, 100, &done);

        for (size_t d = 0; d < got; d++)
            delivered += done[d].is_ok;
    }
    bus_producer_free(p, 2000);
    if (ok && delivered < n)
        ok = ERR_FAIL(err, ERR_TRANSIENT, "%zu of %zu events reached the broker; retry again", delivered, n);
    return ok;
}

static bool
retry_letters(Cli *cli, Session *s, const int64_t *ids, size_t count, bool all, Err *err)
{
    static const char sql[] = "select id, topic, key, event_id, type, correlation_id, payload from ops.letter"
                              " where status = 'open' and ($2 or id = any ($1)) order by id";
    const DbParam params[] = {db_i64s(ids, count), db_bool(all)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    if (db_row_count(rows) < count)
        return ERR_FAIL(err, ERR_POISON, "%zu of these %zu letters are open; 'tipoff dlq list' shows which",
                        db_row_count(rows), count);
    if (db_row_count(rows) > 0 && !publish_again(cli, rows, err))
        return false;
    print_count(cli, "sent", db_row_count(rows));
    if (!cli->json)
        (void)printf("%zu letters sent again; 'tipoff dlq list' shows what still fails\n", db_row_count(rows));
    return true;
}

static bool
parse_ids(Cli *cli, int64_t *ids, size_t *count, size_t cap)
{
    const char *word;

    *count = 0;
    while ((word = cli_take_word(cli)) != NULL && *count < cap) {
        char *end;

        ids[*count] = strtoll(word, &end, 10);
        if (*end != '\0' || ids[*count] <= 0) {
            (void)fprintf(stderr, "tipoff: '%s' is no letter's number\n", word);
            return false;
        }
        ++*count;
    }
    return true;
}

int
cmd_dlq(Cli *cli)
{
    const char *verb = cli_take_word(cli);
    bool all = cli_take_switch(cli, "--all");
    int64_t ids[512] = {0};
    size_t count;
    Session s;
    Err err;
    bool ok;
    int status = 0;

    if (verb == NULL || !parse_ids(cli, ids, &count, ARRAY_LEN(ids)))
        return cli_usage("dlq");
    if (!((strcmp(verb, "list") == 0 && count == 0) || (strcmp(verb, "show") == 0 && count == 1 && !all)
          || (strcmp(verb, "retry") == 0 && (count > 0) != all)))
        return cli_usage("dlq");
    ok = cli_open(cli, &s, &err);
    if (ok && strcmp(verb, "list") == 0)
        ok = list_letters(cli, &s, all, &err);
    else if (ok && strcmp(verb, "show") == 0)
        ok = show_letter(cli, &s, ids[0], &err);
    else if (ok)
        ok = retry_letters(cli, &s, ids, count, all, &err);
    if (!ok)
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
