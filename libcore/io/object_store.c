/*
 * libcore/io/object_store.c
 *    Requests to a bucket, and when to make them again.
 */
#include "libcore/io/object_store.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "libcore/io/sha256.h"

enum {
    TRIES = 5,
    FIRST_WAIT_MS = 200,
    CONNECT_MS = 5000,
    STALLED_S = 30, /* less than a byte a second for so long is no transfer */
    MAX_ANSWER = 256 * 1024 * 1024,
    SHOWN = 200,
};

struct ObjectStore {
    Arena *a;
    CURL *curl;
    const char *base;    /* endpoint and bucket, with a slash at the end */
    const char *sigv4;   /* what to sign for */
    const char *userpwd; /* the keys */
    const char *token;   /* NULL without one */
};

typedef struct {
    const char *method, *key;
    Bytes body; /* of a PUT */
    const char *content_type, *cache_control;
} Request;

typedef struct {
    long status;
    Buf body;
} Answer;

static bool
is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

bool
object_store_open(const ObjectStoreConfig *cfg, ObjectStore **out, Err *err)
{
    ObjectStore *s;
    size_t len = strlen(cfg->endpoint);

    *out = NULL;
    if (!is_url(cfg->endpoint))
        return ERR_FAIL(err, ERR_CONFIG, "an endpoint is such as https://s3.us-east-1.amazonaws.com, not \"%.100s\"",
                        cfg->endpoint);
    while (len > 0 && cfg->endpoint[len - 1] == '/')
        len--;
    s = calloc(1, sizeof *s);
    if (s == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    s->a = arena_new(0);
    s->curl = curl_easy_init();
    if (s->curl == NULL)
        abort();
    s->base = arena_printf(s->a, "%.*s/%s/", (int)len, cfg->endpoint, cfg->bucket);
    s->sigv4 = arena_printf(s->a, "aws:amz:%s:s3", cfg->region);
    s->userpwd = arena_printf(s->a, "%s:%s", cfg->access_key, cfg->secret_key);
    s->token = cfg->session_token != NULL ? arena_strdup(s->a, cfg->session_token) : NULL;
    *out = s;
    return true;
}

void
object_store_close(ObjectStore *s)
{
    if (s == NULL)
        return;
    curl_easy_cleanup(s->curl);
    curl_global_cleanup();
    arena_free(s->a);
    free(s);
}

static size_t
take_answer(char *data, size_t size, size_t count, void *ctx)
{
    Buf *out = ctx;

    (void)size; /* 1 by definition */
    if (count > MAX_ANSWER - out->len)
        return 0;
    buf_put(out, data, count);
    return count;
}

static void
add_header(struct curl_slist **list, const char *name, const char *value)
{
    Buf line = {0};
    struct curl_slist *longer;

    if (value == NULL)
        return;
    buf_printf(&line, "%s: %s", name, value);
    longer = curl_slist_append(*list, buf_cstr(&line));
    if (longer == NULL)
        abort();
    *list = longer;
    buf_free(&line);
}

/* The hash of the body is among what is signed: a body that changes on its way is refused. */
static struct curl_slist *
headers_of(const ObjectStore *s, const Request *r)
{
    uint8_t digest[SHA256_LEN];
    char hex[SHA256_HEX_LEN];
    struct curl_slist *list = NULL;

    sha256(bytes_of(r->body.data != NULL ? r->body.data : (const uint8_t *)"", r->body.len), digest);
    add_header(&list, "x-amz-content-sha256", hex_encode(bytes_of(digest, sizeof digest), hex));
    add_header(&list, "x-amz-security-token", s->token);
    add_header(&list, "Content-Type", r->content_type);
    add_header(&list, "Cache-Control", r->cache_control);
    return list;
}

static CURLcode
perform(ObjectStore *s, const Request *r, const char *url, char *reason, Answer *answer)
{
    struct curl_slist *headers = headers_of(s, r);
    CURLcode code;

    curl_easy_reset(s->curl);
    (void)curl_easy_setopt(s->curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(s->curl, CURLOPT_AWS_SIGV4, s->sigv4);
    (void)curl_easy_setopt(s->curl, CURLOPT_USERPWD, s->userpwd);
    (void)curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, r->method);
    if (r->body.data != NULL) {
        (void)curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, r->body.data);
        (void)curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    }
    (void)curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(s->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(s->curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED_S);
    (void)curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, take_answer);
    (void)curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, &answer->body);
    (void)curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, reason);
    code = curl_easy_perform(s->curl);
    answer->status = 0;
    if (code == CURLE_OK)
        (void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &answer->status);
    curl_slist_free_all(headers);
    return code;
}

static bool
may_pass(CURLcode code, long status)
{
    return code != CURLE_OK || status == 429 || status == 408 || status >= 500;
}

static void
wait_before(int attempt)
{
    const int64_t ms = (int64_t)FIRST_WAIT_MS << (attempt - 1);
    const struct timespec pause = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000L};

    (void)nanosleep(&pause, NULL);
}

/* What a bucket may answer to a request that it has done: 2xx, or 404. */
static bool
judge(const Request *r, const char *url, CURLcode code, const char *reason, const Answer *answer, Err *err)
{
    if (code != CURLE_OK)
        return ERR_FAIL(err, ERR_TRANSIENT, "%s %s: %s", r->method, url,
                        reason[0] != '\0' ? reason : curl_easy_strerror(code));
    if ((answer->status >= 200 && answer->status < 300) || (answer->status == 404 && r->body.data == NULL))
        return true;
    return ERR_FAIL(err, may_pass(code, answer->status) ? ERR_TRANSIENT : ERR_CONFIG, "%s %s: status %ld: %.*s",
                    r->method, url, answer->status, (int)(answer->body.len < SHOWN ? answer->body.len : SHOWN),
                    answer->body.data != NULL ? (const char *)answer->body.data : "");
}

static bool
ask(ObjectStore *s, const Request *r, Answer *answer, Err *err)
{
    char reason[CURL_ERROR_SIZE];
    Buf url = {0};
    CURLcode code = CURLE_OK;
    bool ok;

    buf_printf(&url, "%s%s", s->base, r->key);
    for (int attempt = 0; attempt < TRIES; attempt++) {
        if (attempt > 0)
            wait_before(attempt);
        buf_clear(&answer->body);
        reason[0] = '\0';
        code = perform(s, r, buf_cstr(&url), reason, answer);
        if (!may_pass(code, answer->status))
            break;
    }
    ok = judge(r, buf_cstr(&url), code, reason, answer, err);
    buf_free(&url);
    return ok;
}

bool
object_store_get(ObjectStore *s, const char *key, Arena *a, Bytes *out, Err *err)
{
    const Request r = {.method = "GET", .key = key};
    Answer answer = {0};
    bool ok = ask(s, &r, &answer, err);

    *out = (Bytes){0};
    if (ok && answer.status != 404)
        *out = arena_bytes(a, buf_cstr(&answer.body), answer.body.len);
    buf_free(&answer.body);
    return ok;
}

bool
object_store_put(ObjectStore *s, const char *key, Bytes body, const char *content_type, const char *cache_control,
                 Err *err)
{
    const Request r = {
        .method = "PUT", .key = key, .body = body, .content_type = content_type, .cache_control = cache_control};
    Answer answer = {0};
    bool ok = ask(s, &r, &answer, err);

    buf_free(&answer.body);
    return ok;
}

bool
object_store_delete(ObjectStore *s, const char *key, Err *err)
{
    const Request r = {.method = "DELETE", .key = key};
    Answer answer = {0};
    bool ok = ask(s, &r, &answer, err);

    buf_free(&answer.body);
    return ok;
}
