/*
 * libcore/io/codec.h
 *    Frames of messages, records that other versions of a schema wrote, and records as JSON for people.
 *
 * Decoding and encoding are generated (events_gen.h) for the schemas of this build. A record of another
 * version is turned into this build's bytes first; avro-c only renders.
 */
#ifndef TIPOFF_IO_CODEC_H
#define TIPOFF_IO_CODEC_H

#include "events_gen.h"
#include "libcore/io/db.h"
#include "libcore/io/schema_registry.h"

/* Whether msg is a frame that carries the wanted record of this build's version; body borrows from
 * msg. ERR_POISON names both fingerprints when it carries another. */
NODISCARD bool codec_check_frame(Bytes msg, const EventSchema *want, Bytes *body, Err *err);

/* NULL when no schema of this build has that fingerprint. */
const EventSchema *codec_schema_by_fingerprint(uint64_t fingerprint);

/* Keeps the plans by which records of other versions are read. One thread. */
typedef struct Codec Codec;

/* registry is borrowed; NULL: its framing is not read. */
Codec *codec_new(SchemaRegistry *registry);
void codec_free(Codec *c); /* NULL is fine */

/* The message as this build would have written it: msg itself when this build did, else in a. Schemas
 * are looked for in this build's history, then in ops.schema through tx, which may be NULL.
 * ERR_POISON when the writer's schema is unknown or cannot be read by this build's, and for a body
 * that is no record of it; ERR_TRANSIENT while the registry does not answer. */
NODISCARD bool codec_resolve(Codec *c, DbTx *tx, Bytes msg, Arena *a, Bytes *out, Err *err);

/* The text of the schema that the message says it was written with, and that schema in this build; borrowed for
 * the codec's life. *reader is NULL where this build has no such record. Errors as of codec_resolve(), without
 * those of the body. */
NODISCARD bool codec_writer_of(Codec *c, DbTx *tx, Bytes msg, Arena *a, const char **json, const EventSchema **reader,
                               Err *err);

/* Appends the record in Avro's JSON encoding, on one line. ERR_POISON when body is not a record. */
NODISCARD bool codec_to_json(const EventSchema *schema, Bytes body, Buf *out, Err *err);

#endif
