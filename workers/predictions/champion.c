/*
 * workers/predictions/champion.c
 *    The one row of predictions.champion.
 */
#include "workers/predictions/champion.h"

bool
champion_load(DbTx *tx, Arena *a, const char **system_id, Err *err)
{
    DbRows *rows;

    if (!db_exec(tx, "select system_id from predictions.champion", NULL, 0, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "predictions.champion is empty: insert the system that public files read");
    *system_id = arena_strdup(a, db_get_text(rows, 0, 0));
    return true;
}
