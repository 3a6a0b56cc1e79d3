/*
 * libcore/io/codec.h
 *    Frames of messages, and records as JSON for people.
 *
 * Decoding and encoding are generated (events_gen.h); avro-c only renders.
 */
#ifndef TIPOFF_IO_CODEC_H
#define TIPOFF_IO_CODEC_H

#include "events_gen.h"

/* Whether msg is a frame that carries the wanted record; body borrows from msg. ERR_POISON names
 * both fingerprints when it carries another. */
NODISCARD bool codec_check_frame(Bytes msg, const EventSchema *want, Bytes *body, Err *err);

/* NULL when no schema has that fingerprint. */
const EventSchema *codec_schema_by_fingerprint(uint64_t fingerprint);

/* Appends the record in Avro's JSON encoding, on one line. ERR_POISON when body is not a record. */
NODISCARD bool codec_to_json(const EventSchema *schema, Bytes body, Buf *out, Err *err);

#endif
