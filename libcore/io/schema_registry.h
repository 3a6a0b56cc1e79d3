/*
 * libcore/io/schema_registry.h
 *    A Confluent schema registry over its HTTP API, and the framing that goes with it: a zero byte,
 *    the schema's id with its highest byte first, the body.
 *
 * Ids never change their meaning, so what was once answered is kept. One thread.
 */
#ifndef TIPOFF_IO_SCHEMA_REGISTRY_H
#define TIPOFF_IO_SCHEMA_REGISTRY_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct SchemaRegistry SchemaRegistry;

enum { REGISTRY_FRAME_LEN = 5 };

/* url: http(s)://[user:password@]host:port[/path]; empty: *out is NULL, which means that there is
 * none. Asks nothing yet. ERR_CONFIG for what is no such URL. */
NODISCARD bool schema_registry_open(const char *url, SchemaRegistry **out, Err *err);
void schema_registry_close(SchemaRegistry *r); /* NULL is fine */

/* The text of the schema with that id; borrowed for the registry's life. ERR_TRANSIENT when the
 * registry does not answer, ERR_POISON when it has no such schema or none of Avro's, ERR_CONFIG when
 * it refuses to talk to us. */
NODISCARD bool schema_registry_find(SchemaRegistry *r, uint32_t id, const char **json, Err *err);

/* Turns a message of single-object encoding into one of the registry's, in a, and registers its
 * schema for the topic's values where that has not been done. What is framed otherwise stays as it is.
 * ERR_CONFIG when the registry refuses the schema. */
NODISCARD bool schema_registry_frame(SchemaRegistry *r, const char *topic, Bytes msg, Arena *a, Bytes *out, Err *err);

/* Whether msg begins as the registry's framing does; *id and *body (borrowed) are set when it does. */
bool registry_unframe(Bytes msg, uint32_t *id, Bytes *body);

#endif
