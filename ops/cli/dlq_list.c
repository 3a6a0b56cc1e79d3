/*
 * ops/cli/dlq_list.c
 *    Letters as a table, letters by cause, and what people have done with them.
 */
#include "ops/cli/dlq.h"

bool
dlq_list(Dlq *d, Err *err)
{
    static const char sql[] = "select l.id::text, l.status, l.worker, l.topic, l.partition::text, l.\"offset\"::text,"
                              " coalesce(" LETTER_DATE
                              ", l.key), l.processor, l.error_class || ' ' || l.error_code, l.attempts::text,"
                              " l.fingerprint, " LETTER_TIME("l.last_at") ", " LETTER_TIME(
                                  "l.sent_at") ", l.status_reason, l.message from ops.letter l where " LETTER_WHERE
                                               " order by l.id";
    static const char *const headers[] = {"#id",  "status", "worker",  "topic",     "#partition",  "#offset",
                                          "date", "cell",   "error",   "#attempts", "fingerprint", "last",
                                          "sent", "why",    "message", NULL};
    const TableHead head = {"letters", headers, true};
    DbParam params[LETTER_PARAMS];

    letter_filter_params(&d->filter, d->s.a, params);
    return print_query(d->cli, &d->s, &head, sql, params, LETTER_PARAMS, err);
}

bool
dlq_groups(Dlq *d, Err *err)
{
    static const char *const headers[] = {"fingerprint", "#letters", "worker", "topic",   "from",    "to", "#attempts",
                                          "first",       "last",     "error",  "#newest", "message", NULL};
    const TableHead head = {"groups", headers, true};
    DbParam params[LETTER_PARAMS];

    letter_filter_params(&d->filter, d->s.a, params);
    return print_query(d->cli, &d->s, &head, LETTER_GROUPS_SQL, params, LETTER_PARAMS, err);
}

/* Of letters that have been purged, too: by their numbers. */
bool
dlq_audit(Dlq *d, Err *err)
{
    static const char sql[] = "select a.id::text, " LETTER_TIME(
        "a.at") ", a.actor, a.command, a.target, a.reason, a.details::text"
                " from ops.audit a where a.command like 'dlq %' and ($1::bigint[] is null or a.target in"
                " (select 'letter ' || i from unnest($1) i)) order by a.id";
    static const char *const headers[] = {"#id", "at", "by", "command", "target", "reason", "details", NULL};
    const TableHead head = {"audit", headers, true};
    DbParam params[LETTER_PARAMS + 1];

    letter_filter_params(&d->filter, d->s.a, params);
    params[LETTER_PARAMS] = db_bool(!letter_filter_is_narrow(&d->filter));
    return print_query(d->cli, &d->s, &head, sql, params, ARRAY_LEN(params), err);
}
