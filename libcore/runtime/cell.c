/*
 * libcore/runtime/cell.c
 *    Names of a cell's states.
 */
#include "libcore/runtime/cell.h"
#include <string.h>

static const char *const status_names[CELL_STATUS_COUNT] = {
    [CELL_EXPECTED] = "expected", [CELL_WAITING] = "waiting", [CELL_SUCCESS] = "success", [CELL_PARTIAL] = "partial",
    [CELL_DEGRADED] = "degraded", [CELL_NO_DATA] = "no_data", [CELL_FAILED] = "failed",
};

const char *
cell_status_name(CellStatus s)
{
    return status_names[s];
}

bool
cell_status_parse(const char *name, CellStatus *out)
{
    for (int i = 0; i < CELL_STATUS_COUNT; i++) {
        if (strcmp(status_names[i], name) == 0) {
            *out = (CellStatus)i;
            return true;
        }
    }
    return false;
}

bool
cell_status_is_terminal(CellStatus s)
{
    return s >= CELL_SUCCESS && s < CELL_STATUS_COUNT;
}

bool
cell_status_has_rows(CellStatus s)
{
    return s == CELL_SUCCESS || s == CELL_PARTIAL || s == CELL_DEGRADED;
}
