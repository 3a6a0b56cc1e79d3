/*
 * libcore/runtime/pauses.c
 *    A small copy of ops.pause.
 */
#include "libcore/runtime/pauses.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/bytes.h"
#include "libcore/runtime/pipeline.h"

static const int64_t READ_EVERY_US = 1000000;

struct Pauses {
    const char *worker;
    int64_t next_read_us;
    Buf targets; /* one after the other, each with its NUL */
};

Pauses *
pauses_new(const char *worker)
{
    Pauses *ps = calloc(1, sizeof *ps);

    if (ps == NULL)
        abort();
    ps->worker = worker;
    return ps;
}

void
pauses_free(Pauses *ps)
{
    if (ps == NULL)
        return;
    buf_free(&ps->targets);
    free(ps);
}

static bool
read_targets(DbTx *tx, Buf *out, Err *err)
{
    DbRows *rows;

    if (!db_exec(tx, "select target from ops.pause order by target", NULL, 0, &rows, err))
        return false;
    for (size_t i = 0; i < db_row_count(rows); i++) {
        const char *target = db_get_text(rows, i, 0);

        buf_put(out, target, strlen(target) + 1);
    }
    return true;
}

bool
pauses_refresh(Pauses *ps, Db *db, int64_t now_us, bool is_said, bool *changed, Err *err)
{
    Buf found = {0};
    DbTx *tx = NULL;
    bool ok;

    *changed = false;
    if (!is_said && now_us < ps->next_read_us)
        return true;
    ok = db_begin(db, &tx, err) && read_targets(tx, &found, err) && db_commit(&tx, err);
    db_rollback(&tx);
    if (!ok) {
        buf_free(&found);
        return false;
    }
    ps->next_read_us = now_us + READ_EVERY_US;
    *changed = found.len != ps->targets.len || (found.len > 0 && memcmp(found.data, ps->targets.data, found.len) != 0);
    buf_free(&ps->targets);
    ps->targets = found;
    return true;
}

static bool
holds(const Pauses *ps, const char *name)
{
    for (size_t at = 0; at < ps->targets.len; at += strlen((const char *)ps->targets.data + at) + 1)
        if (strcmp((const char *)ps->targets.data + at, name) == 0)
            return true;
    return false;
}

bool
pauses_hold_worker(const Pauses *ps)
{
    return holds(ps, ps->worker);
}

bool
pauses_hold_topic(const Pauses *ps, const char *topic)
{
    TopicId id;
    Lane lane;

    return pauses_hold_worker(ps) || holds(ps, topic)
           || (topic_from_broker_name(topic, &id, &lane) && holds(ps, topic_table[id].name));
}
