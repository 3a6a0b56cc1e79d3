/*
 * libcore/runtime/letters.c
 *    Write a letter in the transaction that moves the offset past its event.
 */
#include "libcore/runtime/letters.h"
#include <ctype.h>
#include <string.h>
#include "events_gen.h"
#include "libcore/base/cursor.h"

const char *
letter_synthetic_id(const char *incarnation, const char *topic, int32_t partition, int64_t offset, Arena *a)
{
    return arena_printf(a, "at:%s/%s/%d/%lld", incarnation, topic, (int)partition, (long long)offset);
}

/* What differs from event to event of one cause: digits, values in single quotes, and what stands in
 * parentheses, as the row that a constraint refused. Returns the next character that does not. */
static const char *
skip_value(const char *s)
{
    unsigned depth = 0;
    const char *end;

    if (*s == '\'') {
        end = strchr(s + 1, '\'');
        return end != NULL && s[1] != '\0' ? end + 1 : s;
    }
    if (*s != '(')
        return isdigit((unsigned char)*s) ? s + 1 : s;
    for (; *s != '\0'; s++) {
        depth += *s == '(';
        depth -= *s == ')';
        if (depth == 0)
            return s + 1;
    }
    return s;
}

const char *
letter_fingerprint(const Err *cause, Arena *a)
{
    uint8_t digest[SHA256_LEN];
    char hex[SHA256_HEX_LEN];
    Buf b = {0};

    buf_printf(&b, "%s %s ", err_class_name(cause->cls), cause->code);
    for (const char *p = cause->msg; *p != '\0';) {
        const char *next = skip_value(p);

        if (next == p)
            buf_put_u8(&b, (uint8_t)*p++);
        else
            p = next;
    }
    sha256(bytes_of(b.data, b.len), digest);
    buf_free(&b);
    return arena_strndup(a, hex_encode(bytes_of(digest, sizeof digest), hex), 16);
}

/* What a broker takes beside a letter's other fields, whatever its limit is. */
enum { ANNOUNCED_PAYLOAD_BYTES = 512 * 1024 };

static void
emit_letter(const RunContext *rc, const char *worker, const BusMessage *m, const char *event_id, const Err *cause,
            const char *fingerprint, int32_t attempts)
{
    const Letter l = {
        .event_id = event_id,
        .worker = worker,
        .topic = m->topic,
        .partition = m->partition,
        .offset = m->offset,
        .stamp = instant_is_null(m->stamp) ? (Instant){0} : m->stamp,
        .key = m->key,
        .error_class = err_class_name(cause->cls),
        .error_code = cause->code,
        .message = cause->msg,
        .fingerprint = fingerprint,
        .attempts = attempts,
        .build = rc->ctx->build,
        /* A larger one stays in ops.letter alone: its event might never get out. */
        .payload = m->payload.len <= ANNOUNCED_PAYLOAD_BYTES ? m->payload : bytes_of("", 0),
    };

    event_list_add(rc->events,
                   (OutboxEvent){.topic = arena_printf(rc->a, "%s.dlq", m->topic),
                                 .key = m->key ? m->key : "",
                                 .event_id = arena_printf(rc->a, "letter:%s:%s:%d", worker, event_id, (int)attempts),
                                 .type = "tipoff.Letter",
                                 .correlation_id = m->correlation_id,
                                 .payload = letter_message(&l, rc->a)},
                   rc->a);
}

/* A retry that changed nothing is not tried again by itself, and what people have decided upon stays so until
 * something else is wrong with it. */
#define COMES_BACK(sent, decided, otherwise)                                                                           \
    "case when l.fingerprint = excluded.fingerprint and l.sent_at is not null then " sent                              \
    " when l.fingerprint = excluded.fingerprint and l.status in ('parked', 'skipped') then " decided                   \
    " else " otherwise " end"

static bool
keep_attempt(DbTx *tx, int64_t id, Err *err)
{
    static const char sql[] = "insert into ops.letter_attempt (letter, attempt, incarnation, partition, \"offset\","
                              " error_class, error_code, message, fingerprint, build) select id, attempts, incarnation,"
                              " partition, \"offset\", error_class, error_code, message, fingerprint, build"
                              " from ops.letter where id = $1";
    const DbParam params[] = {db_i64(id)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

bool
letter_write(DbTx *tx, const RunContext *rc, const char *worker, const char *incarnation, const BusMessage *m,
             const char *event_id, const Err *cause, int64_t *id, Err *err)
{
    static const char sql[]
        = "insert into ops.letter as l (worker, event_id, incarnation, topic, partition, \"offset\", stamp, key, type,"
          " payload, correlation_id, error_class, error_code, message, fingerprint, build)"
          " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
          " on conflict (worker, event_id) do update set attempts = l.attempts + 1, last_at = now(), closed_at = null,"
          " sent_at = null, status = " COMES_BACK("'parked'", "l.status", "'open'") ", status_reason = " COMES_BACK(
              "'came back as it went'", "l.status_reason",
              "null") ", incarnation = excluded.incarnation, topic = excluded.topic,"
                      " partition = excluded.partition, \"offset\" = excluded.\"offset\", stamp = excluded.stamp,"
                      " key = excluded.key, type = excluded.type, correlation_id = excluded.correlation_id,"
                      " error_class = excluded.error_class, error_code = excluded.error_code, message = "
                      "excluded.message, "
                      "fingerprint = excluded.fingerprint, build = excluded.build,"
                      " payload = excluded.payload returning id, attempts";
    const char *fingerprint = letter_fingerprint(cause, rc->a);
    Err readable = *cause; /* a message may have been cut in the middle of a character */
    const DbParam params[] = {
        db_text(worker),
        db_text(event_id),
        db_text(incarnation),
        db_text(m->topic),
        db_i32(m->partition),
        db_i64(m->offset),
        db_ts(m->stamp),
        db_text(m->key),
        db_text(m->type),
        db_bytes(m->payload.data ? m->payload : bytes_of("", 0)),
        db_text(m->correlation_id),
        db_text(err_class_name(cause->cls)),
        db_text(cause->code),
        db_text(utf8_mend(readable.msg)),
        db_text(fingerprint),
        db_text(rc->ctx->build),
    };
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *id = db_get_i64(rows, 0, 0);
    emit_letter(rc, worker, m, event_id, &readable, fingerprint, db_get_i32(rows, 0, 1));
    return keep_attempt(tx, *id, err);
}

bool
letter_name_cell(DbTx *tx, int64_t id, CellKey cell, Err *err)
{
    const DbParam params[] = {db_i64(id), db_date(cell.date), db_text(processor_table[cell.processor].name)};

    return db_exec(tx, "update ops.letter set game_date = $2, processor = $3 where id = $1", params, 3, NULL, err);
}
