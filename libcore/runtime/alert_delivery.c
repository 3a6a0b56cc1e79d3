/*
 * libcore/runtime/alert_delivery.c
 *    SQL of ops.alert_message, and the posts.
 */
#include "libcore/runtime/alert_delivery.h"
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/io/webhook.h"
#include "libcore/runtime/audit.h"

enum { ROUND_MAX = 4 };

/* ---- what is to be said ---- */

/* What a sink has been told no more needs no word when it is over; what it was told does. */
static bool
plan_sink(DbTx *tx, const AlertSink *sink, int64_t escalate_us, Instant now, Err *err)
{
    static const char opened[]
        = "insert into ops.alert_message (alert, sink, stage, due_at) select id, $1, 'open', $2 from ops.alert"
          " where resolved_at is null and array_position(array['info', 'warning', 'critical'], severity) > $3"
          " and ($4 = '{}'::text[] or kind = any ($4)) on conflict do nothing";
    static const char escalated[]
        = "insert into ops.alert_message (alert, sink, stage, due_at) select a.id, $1, 'escalated', $2"
          " from ops.alert a join ops.alert_message m on m.alert = a.id and m.sink = $1 and m.stage = 'open'"
          " and m.sent_at is not null where a.resolved_at is null and a.acked_at is null and a.first_at <= $3"
          " on conflict do nothing";
    const DbParam open_params[] = {db_text(sink->name), db_ts(now), db_i32((int32_t)sink->least),
                                   db_texts(sink->kinds, sink->kind_count)};
    const DbParam late_params[] = {db_text(sink->name), db_ts(now), db_ts((Instant){now.us - escalate_us})};

    return db_exec(tx, opened, open_params, ARRAY_LEN(open_params), NULL, err)
           && (escalate_us == 0 || db_exec(tx, escalated, late_params, ARRAY_LEN(late_params), NULL, err));
}

static bool
plan_ends(DbTx *tx, const AlertRoutes *routes, Instant now, Arena *a, Err *err)
{
    static const char resolved[]
        = "insert into ops.alert_message (alert, sink, stage, due_at) select a.id, m.sink, 'resolved', $1"
          " from ops.alert a join ops.alert_message m on m.alert = a.id and m.stage = 'open' and m.sent_at is not null"
          " where a.resolved_at is not null and m.sink = any ($2) on conflict do nothing";
    static const char dropped[]
        = "update ops.alert_message m set dropped_at = $1 from ops.alert a where a.id = m.alert and m.sent_at is null"
          " and m.dropped_at is null and ((a.resolved_at is not null and m.stage <> 'resolved')"
          " or (a.acked_at is not null and m.stage = 'escalated') or m.sink <> all ($2))";
    const char *names[SINKS];

    (void)a;
    for (size_t i = 0; i < routes->count; i++)
        names[i] = routes->sinks[i].name;
    {
        const DbParam params[] = {db_ts(now), db_texts(names, routes->count)};

        return db_exec(tx, resolved, params, 2, NULL, err) && db_exec(tx, dropped, params, 2, NULL, err);
    }
}

static bool
plan(DbTx *tx, const AlertRoutes *routes, int64_t escalate_us, Instant now, Arena *a, Err *err)
{
    for (size_t i = 0; i < routes->count; i++)
        if (!plan_sink(tx, &routes->sinks[i], escalate_us, now, err))
            return false;
    return plan_ends(tx, routes, now, a, err);
}

/* ---- saying it ---- */

/* Both bodies of a message: for people, and for programs. */
#define TITLE_SQL                                                                                                      \
    "concat_ws(' ', case m.stage when 'open' then upper(a.severity) when 'escalated' then 'NOBODY HAS SEEN: ' ||"      \
    " upper(a.severity) else 'over:' end, a.kind, a.processor, a.game_date::text, a.subject) || ': ' || a.message"     \
    " || case when a.count > 1 then ' (' || a.count || ' times)' else '' end"
#define PLAIN_SQL                                                                                                      \
    "json_build_object('alert', a.id, 'stage', m.stage, 'fingerprint', a.fingerprint, 'kind', a.kind, 'severity',"     \
    " a.severity, 'date', a.game_date, 'processor', a.processor, 'subject', a.subject, 'message', a.message, 'count'," \
    " a.count, 'first_at', a.first_at, 'last_at', a.last_at, 'resolved_at', a.resolved_at)::text"

/* What became of the messages of a round. */
typedef struct {
    int64_t alerts[ROUND_MAX], due[ROUND_MAX];
    const char *sinks[ROUND_MAX], *stages[ROUND_MAX], *errors[ROUND_MAX]; /* error NULL: sent */
    size_t count;
} Outcome;

static const AlertSink *
sink_by_name(const AlertRoutes *routes, const char *name)
{
    for (size_t i = 0; i < routes->count; i++)
        if (strcmp(routes->sinks[i].name, name) == 0)
            return &routes->sinks[i];
    return NULL;
}

/* The alert, the sink and the stage are a message's identity, however often it is sent. */
static const char *
message_key(const DbRows *rows, size_t r, Arena *a)
{
    return arena_printf(a, "tipoff-alert-%lld-%s-%s", (long long)db_get_i64(rows, r, 0), db_get_text(rows, r, 1),
                        db_get_text(rows, r, 2));
}

static void
send_one(const AlertRoutes *routes, const DbRows *rows, size_t r, Instant now, Arena *a, Outcome *o)
{
    enum { ATTEMPTS = 3, SLACK = 4, PLAIN = 5 };
    const AlertSink *sink = sink_by_name(routes, db_get_text(rows, r, 1));
    const size_t n = o->count++;
    Err err = {0};

    o->alerts[n] = db_get_i64(rows, r, 0);
    o->sinks[n] = db_get_text(rows, r, 1);
    o->stages[n] = db_get_text(rows, r, 2);
    o->errors[n] = NULL;
    o->due[n] = now.us;
    if (sink != NULL
        && webhook_post(sink->url, db_get_text(rows, r, sink->format == SINK_SLACK ? SLACK : PLAIN),
                        message_key(rows, r, a), &err))
        return;
    o->errors[n] = arena_strdup(a, sink == NULL ? "no such sink" : err.msg);
    o->due[n] = now.us + alert_retry_us(db_get_i32(rows, r, ATTEMPTS) + 1);
    log_line(LVL_WARN, "alert not delivered", "alert=%lld sink=%s error=\"%s\"", (long long)o->alerts[n], o->sinks[n],
             o->errors[n]);
}

static bool
note_outcome(DbTx *tx, const Outcome *o, Instant now, Err *err)
{
    static const char sql[]
        = "update ops.alert_message m set attempts = m.attempts + 1, last_error = u.error, sent_at = case when u.error"
          " is null then $1 end, due_at = timestamptz 'epoch' + u.due * interval '1 microsecond'"
          " from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[]) u(alert, sink, stage, error,"
          " due) where m.alert = u.alert and m.sink = u.sink and m.stage = u.stage";
    const DbParam params[] = {db_ts(now),
                              db_i64s(o->alerts, o->count),
                              db_texts(o->sinks, o->count),
                              db_texts(o->stages, o->count),
                              db_texts(o->errors, o->count),
                              db_i64s(o->due, o->count)};

    return o->count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

static bool
send_due(DbTx *tx, const AlertRoutes *routes, Instant now, Arena *a, AlertRound *out, Err *err)
{
    static const char sql[] = "select m.alert, m.sink, m.stage, m.attempts, json_build_object('text', " TITLE_SQL
                              ")::text, " PLAIN_SQL " from ops.alert_message m join ops.alert a on a.id = m.alert"
                              " where m.sent_at is null and m.dropped_at is null and m.due_at <= $1"
                              " and (a.resolved_at is null or m.stage = 'resolved') order by m.due_at, m.alert, m.sink,"
                              " m.stage limit $2";
    const DbParam params[] = {db_ts(now), db_i32(ROUND_MAX)};
    Outcome o = {.count = 0};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        send_one(routes, rows, r, now, a, &o);
        out->sent += o.errors[r] == NULL;
        out->failed += o.errors[r] != NULL;
    }
    return note_outcome(tx, &o, now, err);
}

bool
alert_delivery_round(DbTx *tx, const AlertRoutes *routes, int64_t escalate_us, Instant now, Arena *a, AlertRound *out,
                     Err *err)
{
    static const char more[] = "select exists (select 1 from ops.alert_message where sent_at is null and dropped_at is"
                               " null and due_at <= $1)";
    const DbParam params[] = {db_ts(now)};
    DbRows *rows;

    *out = (AlertRound){0};
    if (!db_exec(tx, "select pg_try_advisory_xact_lock(7472, 2)", NULL, 0, &rows, err))
        return false;
    if (!db_get_bool(rows, 0, 0))
        return true;
    if (!send_due(tx, routes, now, a, out, err) || !plan(tx, routes, escalate_us, now, a, err)
        || !db_exec(tx, more, params, 1, &rows, err))
        return false;
    out->has_more = db_get_bool(rows, 0, 0);
    return true;
}

bool
alert_delivery_test(DbTx *tx, const AlertSink *sink, Instant now, Arena *a, Err *err)
{
    static const char sql[] = "select json_build_object('text', $1::text)::text, json_build_object('stage', 'test',"
                              " 'kind', 'test', 'severity', 'info', 'message', $1::text, 'first_at', $2)::text";
    const DbParam params[] = {db_text(arena_printf(a, "a test of the sink %s, by %s", sink->name, audit_actor(a))),
                              db_ts(now)};
    DbRows *rows;

    return db_exec(tx, sql, params, 2, &rows, err)
           && webhook_post(sink->url, db_get_text(rows, 0, sink->format == SINK_SLACK ? 0 : 1),
                           arena_printf(a, "tipoff-test-%lld", (long long)now.us), err);
}

bool
alert_ack(DbTx *tx, int64_t id, const char *by, const char *reason, Instant now, bool *found, Err *err)
{
    static const char sql[] = "update ops.alert set acked_at = coalesce(acked_at, $2), acked_by = coalesce(acked_by,"
                              " $3), ack_reason = coalesce(ack_reason, $4) where id = $1 and resolved_at is null"
                              " returning id";
    const DbParam params[] = {db_i64(id), db_ts(now), db_text(by), db_text(reason)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *found = db_row_count(rows) > 0;
    return true;
}
