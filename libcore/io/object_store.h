/*
 * libcore/io/object_store.h
 *    A bucket behind the S3 protocol, by libcurl: objects are read, put and deleted whole.
 *
 * Requests are signed with AWS Signature Version 4. What may pass (no connection, 429, 5xx) is tried again,
 * a few times and ever later; then it is ERR_TRANSIENT.
 */
#ifndef TIPOFF_IO_OBJECT_STORE_H
#define TIPOFF_IO_OBJECT_STORE_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct ObjectStore ObjectStore;

/* endpoint: http(s)://host[:port], of which the bucket is the first part of the path. session_token may be
 * NULL. Everything is copied. */
typedef struct {
    const char *endpoint, *bucket, *region;
    const char *access_key, *secret_key, *session_token;
} ObjectStoreConfig;

NODISCARD bool object_store_open(const ObjectStoreConfig *cfg, ObjectStore **out, Err *err);
void object_store_close(ObjectStore *s); /* NULL is fine */

/* The bytes, in a; absent when there is no such object. A refusal (403 and the like) is ERR_CONFIG. */
NODISCARD bool object_store_get(ObjectStore *s, const char *key, Arena *a, Bytes *out, Err *err);
/* cache_control may be NULL. */
NODISCARD bool object_store_put(ObjectStore *s, const char *key, Bytes body, const char *content_type,
                                const char *cache_control, Err *err);
/* True when there was none, too. */
NODISCARD bool object_store_delete(ObjectStore *s, const char *key, Err *err);

#endif
