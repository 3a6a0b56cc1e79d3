/*
 * workers/publish/target_s3.c
 *    A bucket: which one a URL and the environment mean, and files as its objects.
 */
#include <stdlib.h>
#include <string.h>
#include "libcore/io/object_store.h"
#include "workers/publish/target_ops.h"

static const char content_type[] = "application/json";

typedef struct {
    Target base;
    Arena *a; /* keys of the call in hand */
    ObjectStore *store;
    char *prefix; /* "" or with a slash at its end */
} S3Target;

static const char *
key_of(Target *base, const char *path)
{
    S3Target *t = (S3Target *)base;

    arena_reset(t->a);
    return arena_printf(t->a, "%s%s", t->prefix, path);
}

static ObjectStore *
store_of(Target *base)
{
    return ((S3Target *)base)->store;
}

static bool
s3_read(Target *base, const char *path, Arena *a, Bytes *out, Err *err)
{
    return object_store_get(store_of(base), key_of(base, path), a, out, err);
}

static bool
s3_put(Target *base, const char *path, Bytes body, int max_age_s, Err *err)
{
    const char *key = key_of(base, path);
    const char *caching = arena_printf(((S3Target *)base)->a, "public, max-age=%d", max_age_s);

    return object_store_put(store_of(base), key, body, content_type, caching, err);
}

static bool
s3_show(Target *base, const char *object, const char *path, Bytes body, int max_age_s, Err *err)
{
    (void)object;
    return s3_put(base, path, body, max_age_s, err);
}

static bool
s3_remove(Target *base, const char *path, Err *err)
{
    return object_store_delete(store_of(base), key_of(base, path), err);
}

static bool
s3_has(Target *base, const char *path, int64_t size)
{
    (void)base;
    (void)path;
    (void)size;
    return true;
}

static bool
s3_sweep(Target *base, bool (*is_kept)(const void *ctx, const char *object), const void *ctx, Err *err)
{
    (void)base;
    (void)is_kept;
    (void)ctx;
    (void)err;
    return true;
}

static void
s3_close(Target *base)
{
    S3Target *t = (S3Target *)base;

    object_store_close(t->store);
    arena_free(t->a);
    free(t->prefix);
    free(t->base.name);
    free(t);
}

static const TargetOps s3_ops = {
    .read = s3_read,
    .put = s3_put,
    .show = s3_show,
    .remove = s3_remove,
    .has = s3_has,
    .sweep = s3_sweep,
    .close = s3_close,
};

/* The parts of s3://BUCKET[/PREFIX][?NAME=VALUE[&NAME=VALUE]]; NULL for what is not there. */
typedef struct {
    const char *bucket, *prefix, *endpoint, *region;
} S3Name;

static bool
take_query(char *query, S3Name *out)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {{"endpoint", &out->endpoint}, {"region", &out->region}};

    while (query != NULL && *query != '\0') {
        char *next = strchr(query, '&'), *equals = strchr(query, '=');
        bool is_known = false;

        if (next != NULL)
            *next++ = '\0';
        if (equals == NULL || equals[1] == '\0')
            return false;
        *equals = '\0';
        for (size_t i = 0; i < ARRAY_LEN(known); i++) {
            if (strcmp(known[i].name, query) != 0)
                continue;
            *known[i].value = equals + 1;
            is_known = true;
        }
        if (!is_known)
            return false;
        query = next;
    }
    return true;
}

/* Nothing that a URL would have to encode. */
static bool
is_plain(const char *text)
{
    return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/")] == '\0';
}

static bool
parse_name(const char *url, Arena *a, S3Name *out, Err *err)
{
    char *text = arena_strdup(a, url + strlen("s3://"));
    char *query = strchr(text, '?'), *slash;

    *out = (S3Name){.bucket = text};
    if (query != NULL)
        *query++ = '\0';
    slash = strchr(text, '/');
    if (slash != NULL)
        *slash++ = '\0';
    out->prefix = slash != NULL ? slash : "";
    return (text[0] != '\0' && is_plain(text) && is_plain(out->prefix) && take_query(query, out))
           || ERR_FAIL(err, ERR_CONFIG, "write s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME], not \"%.200s\"", url);
}

/* The environment's value; NULL when it is not set or empty. */
static const char *
from_environment(const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe): nobody sets it */

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *
first_of(const char *x, const char *y, const char *z)
{
    return x != NULL ? x : y != NULL ? y : z;
}

static bool
open_store(const S3Name *name, const char *endpoint, Arena *a, ObjectStore **out, Err *err)
{
    ObjectStoreConfig cfg = {
        .bucket = name->bucket,
        .region = first_of(name->region, from_environment("AWS_REGION"), "us-east-1"),
        .access_key = from_environment("AWS_ACCESS_KEY_ID"),
        .secret_key = from_environment("AWS_SECRET_ACCESS_KEY"),
        .session_token = from_environment("AWS_SESSION_TOKEN"),
    };

    cfg.endpoint = first_of(endpoint, name->endpoint, from_environment("AWS_ENDPOINT_URL"));
    if (cfg.endpoint == NULL)
        cfg.endpoint = arena_printf(a, "https://s3.%s.amazonaws.com", cfg.region);
    if (cfg.access_key == NULL || cfg.secret_key == NULL)
        return ERR_FAIL(err, ERR_CONFIG,
                        "a bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
    return object_store_open(&cfg, out, err);
}

/* Without the slashes at its ends, and with one at its end unless it is empty. */
static char *
clean_prefix(const char *prefix)
{
    size_t len;
    Buf out = {0};

    prefix += strspn(prefix, "/");
    len = strlen(prefix);
    while (len > 0 && prefix[len - 1] == '/')
        len--;
    buf_put(&out, prefix, len);
    if (len > 0)
        buf_put_u8(&out, '/');
    (void)buf_cstr(&out);
    return (char *)out.data;
}

bool
target_s3_open(const char *url, const char *endpoint, Target **out, Err *err)
{
    Arena *a = arena_new(0);
    S3Name name;
    ObjectStore *store;
    S3Target *t;

    if (!parse_name(url, a, &name, err) || !open_store(&name, endpoint, a, &store, err)) {
        arena_free(a);
        return false;
    }
    t = calloc(1, sizeof *t);
    if (t == NULL)
        abort();
    *t = (S3Target){.base = {.ops = &s3_ops, .name = strdup(url)}, .a = a, .store = store};
    t->prefix = clean_prefix(name.prefix);
    if (t->base.name == NULL)
        abort();
    *out = &t->base;
    return true;
}
