/*
 * libcore/io/bus_reader.h
 *    Reads what stands in a topic, from somewhere to somewhere, in nobody's group; and sends it on as it is.
 */
#ifndef TIPOFF_IO_BUS_READER_H
#define TIPOFF_IO_BUS_READER_H

#include "libcore/io/bus.h"

/* A record as it stands. Everything lives in the arena that was passed. */
typedef struct {
    int32_t partition;
    int64_t offset;
    Instant stamp;
    bool has_key;
    Bytes key, payload;
    const BusHeader *headers; /* a value that is no UTF-8 is NULL */
    size_t header_count;
} BusEntry;

/* NULL when there is none of that name. The last one counts. */
const char *bus_entry_header(const BusEntry *e, const char *name);

typedef struct {
    int32_t partition;
    int64_t from, to; /* offsets; to is not in it */
} BusSpan;

/* What stands in the topic's partitions now. ERR_CONFIG when there is no such topic. */
NODISCARD bool bus_spans(const char *brokers, const char *topic, Arena *a, BusSpan **out, size_t *count, Err *err);
/* Narrows the spans to what was appended from this time on and before that; a NULL one leaves its side. The
 * embedded broker cannot be asked by time. */
NODISCARD bool bus_spans_between(const char *brokers, const char *topic, Instant from, Instant until, BusSpan *spans,
                                 size_t count, Err *err);

typedef struct BusReader BusReader;

/* spans are copied. */
NODISCARD bool bus_reader_new(const char *brokers, const char *client_id, const char *topic, const BusSpan *spans,
                              size_t count, BusReader **out, Err *err);
void bus_reader_free(BusReader *r); /* NULL is fine */
/* The next record of some partition, in the order of each; *got is false when every span is read. Waits as
 * long as the broker answers. */
NODISCARD bool bus_reader_next(BusReader *r, Arena *a, BusEntry *out, bool *got, Err *err);

/* Sends the entry's key and bytes as they are under these headers alone; ERR_TRANSIENT while the queue is
 * full. id as in bus_produce(). */
NODISCARD bool bus_produce_entry(BusProducer *p, const char *topic, const BusEntry *e, const BusHeader *headers,
                                 size_t header_count, int64_t id, Err *err);

#endif
