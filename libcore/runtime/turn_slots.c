/*
 * libcore/runtime/turn_slots.c
 *    Slots by flock().
 */
#include "libcore/runtime/turn_slots.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "libcore/base/log.h"

enum { SLOTS_MAX = 64, NOT_HELD = -1 };

struct TurnSlots {
    int files[SLOTS_MAX];
    size_t count;
    int held; /* an index, or NOT_HELD */
};

static size_t
half_of_the_cores(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t half = cores > 3 ? (size_t)cores / 2 : 1;

    return half < SLOTS_MAX ? half : SLOTS_MAX;
}

TurnSlots *
turn_slots_open(const char *run_dir, size_t count)
{
    TurnSlots *s = calloc(1, sizeof *s);
    const size_t wanted = count == 0 ? half_of_the_cores() : count < SLOTS_MAX ? count : SLOTS_MAX;

    if (s == NULL)
        abort();
    s->held = NOT_HELD;
    for (; s->count < wanted; s->count++) {
        char path[4096];
        int fd;

        (void)snprintf(path, sizeof path, "%s/backfill.turn.%zu", run_dir, s->count);
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0) {
            log_line(LVL_WARN, "backfill turns are not shared", "path=\"%s\" error=\"%s\"", path, strerror(errno));
            break;
        }
        s->files[s->count] = fd;
    }
    return s;
}

void
turn_slots_close(TurnSlots *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++)
        (void)close(s->files[i]);
    free(s);
}

bool
turn_slots_take(TurnSlots *s)
{
    for (size_t i = 0; i < s->count && s->held == NOT_HELD; i++)
        if (flock(s->files[i], LOCK_EX | LOCK_NB) == 0)
            s->held = (int)i;
    return s->held != NOT_HELD || s->count == 0;
}

void
turn_slots_give(TurnSlots *s)
{
    if (s->held != NOT_HELD)
        (void)flock(s->files[s->held], LOCK_UN);
    s->held = NOT_HELD;
}
