/*
 * libcore/runtime/turn_slots.h
 *    Who of a machine's workers may do backfill work now: so many at a time, while live events flow.
 *
 * A slot is a lock on a file in the run folder, which all workers of a deployment on this machine share; it is free
 * again when its holder dies. Workers of other machines have slots of their own, and a worker that cannot write there
 * has as many as it likes.
 */
#ifndef TIPOFF_RUNTIME_TURN_SLOTS_H
#define TIPOFF_RUNTIME_TURN_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct TurnSlots TurnSlots;

/* count: for half of the machine's cores, 0. */
TurnSlots *turn_slots_open(const char *run_dir, size_t count);
/* NULL is fine. Gives back what is held. */
void turn_slots_close(TurnSlots *s);

/* Whether this process holds a slot now. Does not wait; one that is held already is enough. */
bool turn_slots_take(TurnSlots *s);
/* Nothing when none is held. */
void turn_slots_give(TurnSlots *s);

#endif
