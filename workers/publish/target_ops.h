/*
 * workers/publish/target_ops.h
 *    What a kind of target has to be able to do. For the files that implement one.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_TARGET_OPS_H
#define TIPOFF_WORKERS_PUBLISH_TARGET_OPS_H

#include "workers/publish/target.h"

/* As the functions in target.h. */
typedef struct {
    bool (*read)(Target *t, const char *path, Arena *a, Bytes *out, Err *err);
    bool (*put)(Target *t, const char *path, Bytes body, int max_age_s, Err *err);
    bool (*show)(Target *t, const char *object, const char *path, Bytes body, int max_age_s, Err *err);
    bool (*remove)(Target *t, const char *path, Err *err);
    bool (*has)(Target *t, const char *path, int64_t size);
    bool (*sweep)(Target *t, bool (*is_kept)(const void *ctx, const char *object), const void *ctx, Err *err);
    void (*close)(Target *t); /* releases t, too */
} TargetOps;

/* The first member of every kind. */
struct Target {
    const TargetOps *ops;
    char *name;
};

NODISCARD bool target_dir_open(const char *folder, Target **out, Err *err);
NODISCARD bool target_s3_open(const char *url, const char *endpoint, Target **out, Err *err);

#endif
