/*
 * libcore/runtime/listener.c
 *    Channels and flags.
 */
#include "libcore/runtime/listener.h"
#include <string.h>
#include "libcore/runtime/due_times.h"
#include "libcore/runtime/gate_overrides.h"
#include "libcore/runtime/pauses.h"

static bool
listen(Listener *l, Db *db, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(db, &tx, err)
              && db_exec_script(tx,
                                "listen " PAUSE_CHANNEL "; listen " CONFIRMED_CHANNEL "; listen " GATE_CHANNEL
                                "; listen " DUE_CHANNEL,
                                err)
              && db_commit(&tx, err);

    db_rollback(&tx);
    l->listening = ok ? db : NULL;
    l->pauses = true;
    l->confirmed |= l->has_listened;
    l->gates |= l->has_listened;
    l->due |= l->has_listened;
    l->has_listened |= ok;
    return ok;
}

static void
take(Listener *l, const char *channel)
{
    l->pauses |= strcmp(channel, PAUSE_CHANNEL) == 0;
    l->confirmed |= strcmp(channel, CONFIRMED_CHANNEL) == 0;
    l->gates |= strcmp(channel, GATE_CHANNEL) == 0;
    l->due |= strcmp(channel, DUE_CHANNEL) == 0;
}

bool
listener_poll(Listener *l, Db *db, Err *err)
{
    char channel[DB_CHANNEL_LEN];
    bool got = true;

    if (l->listening != db)
        return listen(l, db, err);
    while (got) {
        if (!db_wait_notify(db, 0, channel, &got, err)) {
            l->listening = NULL;
            return false;
        }
        if (got)
            take(l, channel);
    }
    return true;
}
