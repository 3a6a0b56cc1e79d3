/*
 * libcore/io/mock_broker.h
 *    The embedded broker: librdkafka's mock cluster as a process of its own, at a fixed port.
 *
 * It keeps nothing when it stops, and at most 5 MiB a partition while it runs; it has no
 * transactions and no admin calls. Any topic that a client names comes into being with 4
 * partitions, so every real one is made here, before the first client can connect.
 */
#ifndef TIPOFF_IO_MOCK_BROKER_H
#define TIPOFF_IO_MOCK_BROKER_H

#include <stddef.h>
#include "libcore/base/err.h"
#include "libcore/io/signals.h"

typedef struct {
    const char *name;
    int partitions;
} MockTopic;

/* Runs until a stop signal. port 0 takes a free one. Makes the topics, and tipoff.meta with one
 * record "incarnation" that no other run of a broker has; then writes "127.0.0.1:PORT" to
 * run_dir/broker.addr, prints a line on stdout and serves. The file is removed at the end.
 * ERR_CONFIG when the port is taken. */
NODISCARD bool mock_broker_run(int port, const MockTopic *topics, size_t count, const char *run_dir, Signals *signals,
                               Err *err);

#endif
