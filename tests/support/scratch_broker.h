/*
 * tests/support/scratch_broker.h
 *    A broker inside the test's own process, with the topics that the test wants and no others: for
 *    what would spoil the broker that all tests share.
 */
#ifndef TIPOFF_TESTS_SCRATCH_BROKER_H
#define TIPOFF_TESTS_SCRATCH_BROKER_H

#include "libcore/io/bus.h"

typedef struct ScratchBroker ScratchBroker;

/* Never NULL: what fails, fails the test. */
ScratchBroker *scratch_broker_new(void);
void scratch_broker_free(ScratchBroker *b); /* NULL is fine */

/* What belongs into a client's list of brokers. */
const char *scratch_broker_address(const ScratchBroker *b);
void scratch_broker_add_topic(ScratchBroker *b, const char *name, int partitions);

#endif
