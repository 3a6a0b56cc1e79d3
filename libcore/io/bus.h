/*
 * libcore/io/bus.h
 *    Kafka through librdkafka: a consumer whose offsets its owner keeps, an idempotent producer with
 *    delivery reports as values, and the few admin calls that we need.
 *
 * One thread uses each handle. Messages are copied out, so that no librdkafka reference escapes.
 */
#ifndef TIPOFF_IO_BUS_H
#define TIPOFF_IO_BUS_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "libcore/base/value.h"
#include "libcore/io/schema_registry.h"

enum { BUS_TOPIC_LEN = 128, BUS_INCARNATION_LEN = 128 };

typedef struct {
    const char *topic;
    int32_t partition;
} BusPartition;

/* ---- consumer ---- */

typedef struct BusConsumer BusConsumer;

/* Everything lives in the arena that was passed to bus_poll(). Header values
 * are NULL when they are absent or no UTF-8. */
typedef struct {
    const char *topic;
    int32_t partition;
    int64_t offset;
    Instant stamp;
    const char *key; /* NULL when absent or no UTF-8 */
    Bytes payload;
    const char *event_id, *type, *correlation_id;
} BusMessage;

/* Called from within bus_poll(), between batches by construction. */
typedef struct {
    void *ctx;
    /* These partitions are ours now: sets start[i] for each. false makes bus_poll() fail with err. */
    bool (*assigned)(void *ctx, const BusPartition *parts, size_t count, int64_t *start, Err *err);
    void (*revoked)(void *ctx, const BusPartition *parts, size_t count);
    /* Is this topic to be left alone from its assignment on? NULL: none is. */
    bool (*is_paused)(void *ctx, const char *topic);
    /* Do this topic's messages wait in a queue of their own, for bus_poll_apart()? NULL: none do. */
    bool (*is_apart)(void *ctx, const char *topic);
} BusOwner;

typedef struct {
    const char *brokers;
    const char *group;
    const char *client_id;
    const char *const *topics; /* NULL-terminated */
    int session_timeout_ms;
    int fetch_wait_ms;
} BusConsumerConfig;

/* Joins the group. owner is copied; its ctx is borrowed. */
NODISCARD bool bus_consumer_new(const BusConsumerConfig *cfg, const BusOwner *owner, BusConsumer **out, Err *err);
/* Leaves the group. NULL is fine. */
void bus_consumer_free(BusConsumer *c);

/* Waits at most timeout_ms for a message: *got says whether one came. */
NODISCARD bool bus_poll(BusConsumer *c, int timeout_ms, Arena *a, BusMessage *out, bool *got, Err *err);
/* The same from the queue of topics that are apart, without waiting. What it holds keeps nobody else's messages
 * from being fetched. */
NODISCARD bool bus_poll_apart(BusConsumer *c, Arena *a, BusMessage *out, bool *got, Err *err);
/* How many wait there. */
size_t bus_apart_waiting(const BusConsumer *c);
/* Waits until something may have come to either queue since it was last found empty; false when timeout_ms are
 * over. */
bool bus_wait(BusConsumer *c, int timeout_ms);
/* The committed offset is a hint for people and tools; ours is in Postgres. Sent in the background. */
void bus_ack(BusConsumer *c, const char *topic, int32_t partition, int64_t next_offset);
NODISCARD bool bus_seek(BusConsumer *c, const char *topic, int32_t partition, int64_t offset, Err *err);
/* Stops fetching a partition: another process has taken it, or an operator wants it left alone. What was
 * fetched ahead is not handed out. */
void bus_pause(BusConsumer *c, const char *topic, int32_t partition);
/* Goes on with it from this offset. */
NODISCARD bool bus_resume(BusConsumer *c, const char *topic, int32_t partition, int64_t offset, Err *err);
/* Where the partition's log ended at the last fetch; -1 before the first one. Asks nobody. */
int64_t bus_known_end(const BusConsumer *c, const char *topic, int32_t partition);
NODISCARD bool bus_watermarks(BusConsumer *c, const char *topic, int32_t partition, int64_t *low, int64_t *high,
                              Err *err);

/* ---- producer ---- */

typedef struct BusProducer BusProducer;

/* id is the caller's; offset is negative and err set when delivery failed for good. */
typedef struct {
    int64_t id;
    int32_t partition;
    int64_t offset;
    bool is_ok;
} BusDelivery;

/* A header of the caller's own. */
typedef struct {
    const char *name, *value; /* a NULL value is left out */
} BusHeader;

typedef struct {
    const char *topic;
    const char *key;
    const char *event_id, *type, *source;
    const char *correlation_id; /* NULL when there is none */
    const char *causation_id;   /* the event that brought this one about; NULL when it is not known */
    Instant stamp;
    Bytes payload;
    const BusHeader *headers;
    size_t header_count;
} BusRecord;

/* registry is borrowed; where it is not NULL, records go out framed with its ids. */
NODISCARD bool bus_producer_new(const char *brokers, const char *client_id, SchemaRegistry *registry, BusProducer **out,
                                Err *err);
/* Asks the broker now who leads these topics: the first record of a topic that is not known yet waits
 * up to a second. What cannot be learned now is learned then. */
void bus_warm_up(BusProducer *p, const char *const *topics, size_t count);
/* Waits at most wait_ms for what is under way. NULL is fine. */
void bus_producer_free(BusProducer *p, int wait_ms);
/* Copies the record, and gives it the headers of CloudEvents and of W3C Trace Context. ERR_TRANSIENT
 * when the queue is full or the registry does not answer, ERR_CONFIG when that refuses the schema. */
NODISCARD bool bus_produce(BusProducer *p, const BusRecord *r, int64_t id, Err *err);
/* Serves callbacks for at most timeout_ms and hands out the delivery reports that have come; valid
 * until the next call. */
size_t bus_deliveries(BusProducer *p, int timeout_ms, const BusDelivery **out);
size_t bus_in_flight(const BusProducer *p);

/* ---- admin ---- */

typedef struct {
    const char *name;
    int partitions;
    int retention_hours;
    const char *compression;
    bool is_compacted;
} BusTopic;

/* Creates what is missing, and waits until the broker's metadata shows it; an existing topic is left as
 * it is. ERR_CONFIG against the embedded
 * broker, which has no admin calls. */
NODISCARD bool bus_create_topics(const char *brokers, const BusTopic *topics, size_t count, int *created, Err *err);
/* Partition counts of the named topics; 0 for one that does not exist. ERR_TRANSIENT when no broker
 * answers in time. */
NODISCARD bool bus_partition_counts(const char *brokers, const char *const *topics, size_t count, int *partitions,
                                    Err *err);

/* Who this broker's log is: "embedded:<id>" or "kafka:<cluster id>:<id>". ERR_CONFIG when the
 * tipoff.meta topic is absent or empty and says which command writes it. */
NODISCARD bool bus_read_incarnation(const char *brokers, char out[BUS_INCARNATION_LEN], Err *err);
/* Writes a new random id into tipoff.meta. */
NODISCARD bool bus_write_incarnation(const char *brokers, const char *kind, Err *err);
/* The same where tipoff.meta, which must be there, is empty: it is new, or whoever made it did not get
 * further. *is_new tells whether it was. */
NODISCARD bool bus_ensure_incarnation(const char *brokers, const char *kind, bool *is_new, Err *err);

/* Whether that incarnation is an embedded broker's: it keeps nothing, takes no admin calls and lets an
 * idle fetch wait its time out. */
bool bus_is_embedded(const char *incarnation);

#define BUS_META_TOPIC "tipoff.meta"

#endif
