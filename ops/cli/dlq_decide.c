/*
 * ops/cli/dlq_decide.c
 *    Letters that are given up, kept as they are, or taken away: one statement each, with its record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/runtime/alerts.h"
#include "libcore/runtime/audit.h"
#include "ops/cli/dlq.h"

/* After the filter's parameters: $16 who, $17 the command, $18 the reason, $19 now. "hit" are the letters. */
enum { DECIDE_PARAMS = LETTER_PARAMS + 4 };

#define COORDINATES                                                                                                    \
    "jsonb_build_object('worker', h.worker, 'topic', h.topic, 'partition', h.partition, 'offset', h.\"offset\","       \
    " 'incarnation', h.incarnation, 'event_id', h.event_id, 'key', h.key, 'status', h.status, 'attempts', h.attempts," \
    " 'fingerprint', h.fingerprint, 'message', h.message, 'sha256', encode(sha256(h.payload), 'hex'))"

/* The letters as they were, locked in one order. */
#define HIT                                                                                                            \
    "with hit as (select l.*, " LETTER_DATE " as day from ops.letter l where " LETTER_WHERE                            \
    " and %s order by l.id for update), noted as (insert into ops.audit (actor, command, target, reason, details)"     \
    " select $16, $17, 'letter ' || h.id, $18, " COORDINATES " from hit h order by h.id), "

/* Nobody waits for these any more: their alerts end, and the cells that they hold up say so. */
#define TELL                                                                                                           \
    "told as (update ops.cell c set reason = c.reason || '; given up: ' || coalesce($18, '') from hit h where "        \
    "c.status = 'failed'"                                                                                              \
    " and h.status <> 'closed' and c.game_date = h.day::date and c.reason ~ ('\\mletter ' || h.id || '\\M')),"         \
    " calmed as (update ops.alert a set resolved_at = $19 from hit h where a.kind = '" ALERT_LETTER                    \
    "' and a.subject = h.id::text and a.resolved_at is null), "

typedef struct {
    const char *condition; /* which of the letters it concerns at all */
    const char *sql;       /* after HIT */
    const char *done;      /* "skipped" */
} Decision;

static const Decision skip = {
    "l.status not in ('closed', 'skipped')",
    TELL "done as (update ops.letter l set status = 'skipped', status_reason = coalesce($18, ''), sent_at = null from "
         "hit h where"
         " l.id = h.id returning 1)",
    "skipped",
};

static const Decision park = {
    "l.status not in ('closed', 'parked') and $19::timestamptz is not null",
    "done as (update ops.letter l set status = 'parked', status_reason = coalesce($18, 'parked by ' || $16),"
    " sent_at = null from hit h where l.id = h.id returning 1)",
    "parked",
};

/* The edits of an event go with the last letter of it. */
static const Decision purge = {
    "true",
    TELL "unedited as (delete from ops.letter_edit e using hit h where e.event_id = h.event_id and not exists"
         " (select 1 from ops.letter l where l.event_id = h.event_id and l.id not in (select id from hit))),"
         " done as (delete from ops.letter l using hit h where l.id = h.id returning 1)",
    "purged",
};

static bool
decide(Dlq *d, const Decision *what, size_t *count, Err *err)
{
    char sql[6144];
    int n = snprintf(sql, sizeof sql, HIT "%s select count(*) from done", what->condition, what->sql);
    DbParam params[DECIDE_PARAMS];
    DbRows *rows;

    if (n < 0 || (size_t)n >= sizeof sql)
        return ERR_FAIL(err, ERR_FATAL, "a statement of %d bytes", n);
    letter_filter_params(&d->filter, d->s.a, params);
    params[LETTER_PARAMS] = db_text(audit_actor(d->s.a));
    params[LETTER_PARAMS + 1] = db_text(d->command);
    params[LETTER_PARAMS + 2] = db_text(d->reason);
    params[LETTER_PARAMS + 3] = db_ts(clock_now(d->cli->clock));
    if (!db_exec(d->s.tx, sql, params, DECIDE_PARAMS, &rows, err))
        return false;
    *count = (size_t)db_get_i64(rows, 0, 0);
    return true;
}

static bool
tell(Dlq *d, const Decision *what, size_t count)
{
    print_count(d->cli, what->done, count);
    print_member(d->cli, "dry_run", json_boolean(d->is_dry));
    if (!d->cli->json)
        (void)printf(d->is_dry ? "%zu letters would be %s; nothing was changed\n" : "%zu letters %s\n", count,
                     what->done);
    return true;
}

/* In a rehearsal people see which letters it would be. */
static bool
run(Dlq *d, const Decision *what, bool must_be_open, Err *err)
{
    size_t count = 0;

    return dlq_check_ids(d, must_be_open, err) && (!d->is_dry || dlq_list(d, err)) && decide(d, what, &count, err)
           && dlq_end(d, err) && tell(d, what, count);
}

bool
dlq_skip(Dlq *d, Err *err)
{
    return run(d, &skip, true, err);
}

bool
dlq_park(Dlq *d, Err *err)
{
    return run(d, &park, true, err);
}

/* ---- purge ---- */

/* The number itself must be typed: a habit of answering with "y" is not enough. */
static bool
is_meant(size_t count, Err *err)
{
    char line[32] = "", wanted[32];

    if (!isatty(STDIN_FILENO))
        return ERR_FAIL(err, ERR_CONFIG, "purge asks before it takes %zu letters away: say --yes", count);
    (void)snprintf(wanted, sizeof wanted, "%zu\n", count);
    (void)fprintf(stderr, "%zu letters will be gone for good. Type their number: ", count);
    return (fgets(line, sizeof line, stdin) != NULL && strcmp(line, wanted) == 0)
           || ERR_FAIL(err, ERR_CANCELED, "nothing was purged");
}

bool
dlq_purge(Dlq *d, Err *err)
{
    size_t count = 0;

    if (d->is_dry)
        return run(d, &purge, false, err);
    return decide(d, &purge, &count, err) && (count == 0 || d->yes || is_meant(count, err)) && dlq_end(d, err)
           && tell(d, &purge, count);
}
