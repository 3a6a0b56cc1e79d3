/*
 * workers/publish/target.c
 *    Which kind of target a name means, and passing calls on to it.
 */
#include <string.h>
#include "workers/publish/target_ops.h"

bool
target_open(const char *name, const char *endpoint, Target **out, Err *err)
{
    static const char bucket[] = "s3://";

    *out = NULL;
    if (strncmp(name, bucket, sizeof bucket - 1) == 0)
        return target_s3_open(name, endpoint, out, err);
    if (endpoint != NULL)
        return ERR_FAIL(err, ERR_CONFIG, "an endpoint is for s3://BUCKET; %.200s is a folder", name);
    return target_dir_open(name, out, err);
}

void
target_close(Target *t)
{
    if (t != NULL)
        t->ops->close(t);
}

const char *
target_name(const Target *t)
{
    return t->name;
}

bool
target_read(Target *t, const char *path, Arena *a, Bytes *out, Err *err)
{
    return t->ops->read(t, path, a, out, err);
}

bool
target_put(Target *t, const char *path, Bytes body, int max_age_s, Err *err)
{
    return t->ops->put(t, path, body, max_age_s, err);
}

bool
target_show(Target *t, const char *object, const char *path, Bytes body, int max_age_s, Err *err)
{
    return t->ops->show(t, object, path, body, max_age_s, err);
}

bool
target_remove(Target *t, const char *path, Err *err)
{
    return t->ops->remove(t, path, err);
}

bool
target_has(Target *t, const char *path, int64_t size)
{
    return t->ops->has(t, path, size);
}

bool
target_sweep(Target *t, bool (*is_kept)(const void *ctx, const char *object), const void *ctx, Err *err)
{
    return t->ops->sweep(t, is_kept, ctx, err);
}
