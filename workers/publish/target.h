/*
 * workers/publish/target.h
 *    Where public files go: a folder, or a bucket behind the S3 protocol.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_TARGET_H
#define TIPOFF_WORKERS_PUBLISH_TARGET_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct Target Target;

/* name: a folder, which is made when it is missing, or s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME]. endpoint
 * may be NULL; it goes before the name's. A bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the
 * environment, and takes AWS_SESSION_TOKEN, AWS_ENDPOINT_URL and AWS_REGION from there. ERR_CONFIG says what
 * is missing. */
NODISCARD bool target_open(const char *name, const char *endpoint, Target **out, Err *err);
void target_close(Target *t); /* NULL is fine */

/* Its name as messages may show it. */
const char *target_name(const Target *t);

/* The bytes, in a; absent when there is no such file. */
NODISCARD bool target_read(Target *t, const char *path, Arena *a, Bytes *out, Err *err);

/* A file with these bytes, whole or not at all. max_age_s: what caches are told, where somebody can be told. */
NODISCARD bool target_put(Target *t, const char *path, Bytes body, int max_age_s, Err *err);

/* path shows the object, whose bytes these are. */
NODISCARD bool target_show(Target *t, const char *object, const char *path, Bytes body, int max_age_s, Err *err);

NODISCARD bool target_remove(Target *t, const char *path, Err *err);

/* Whether the file is there in that size. Of a bucket it is taken for granted. */
bool target_has(Target *t, const char *path, int64_t size);

/* Objects that no export has recorded and that are older than an hour: what a process that died left. Of a
 * bucket there is nothing to see. is_kept: whether an object's path is known. */
NODISCARD bool target_sweep(Target *t, bool (*is_kept)(const void *ctx, const char *object), const void *ctx, Err *err);

#endif
