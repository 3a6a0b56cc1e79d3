/*
 * libcore/io/schema_registry.c
 *    Ask the registry with libcurl, and keep what it said.
 */
#include "libcore/io/schema_registry.h"
#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "events_gen.h"

enum { CONNECT_MS = 2000, ANSWER_MS = 5000, MAX_ANSWER = 2 * 1024 * 1024, NO_SUCH_SCHEMA = 40403 };

/* A schema that the registry gave, by its id. */
typedef struct {
    uint32_t id;
    const char *json;
} Known;

/* A schema of ours that is registered for a topic. */
typedef struct {
    const char *topic;
    uint64_t fingerprint;
    uint32_t id;
} Registered;

struct SchemaRegistry {
    Arena *a;
    CURL *curl;
    const char *url;   /* without a slash at its end */
    const char *shown; /* without user and password */
    Known *known;
    size_t known_count, known_cap;
    Registered *registered;
    size_t registered_count, registered_cap;
};

/* ---- opening ---- */

static void
url_part(CURLU *parts, CURLUPart part, char **out)
{
    if (curl_url_get(parts, part, out, 0) != CURLUE_OK)
        *out = NULL;
}

/* The URL as messages may show it; NULL when it is none that we can use. */
static const char *
shown_url(const char *url, Arena *a)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *whole = NULL;
    const char *shown = NULL;

    if (parts == NULL)
        abort();
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK) {
        url_part(parts, CURLUPART_SCHEME, &scheme);
        (void)curl_url_set(parts, CURLUPART_USER, NULL, 0);
        (void)curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0);
        url_part(parts, CURLUPART_URL, &whole);
        if (scheme != NULL && whole != NULL && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0))
            shown = arena_strdup(a, whole);
    }
    curl_free(scheme);
    curl_free(whole);
    curl_url_cleanup(parts);
    return shown;
}

bool
schema_registry_open(const char *url, SchemaRegistry **out, Err *err)
{
    SchemaRegistry *r;
    size_t len = strlen(url);

    *out = NULL;
    if (len == 0)
        return true;
    r = calloc(1, sizeof *r);
    if (r == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    r->a = arena_new(0);
    r->curl = curl_easy_init();
    if (r->curl == NULL)
        abort();
    while (len > 0 && url[len - 1] == '/')
        len--;
    r->url = arena_strndup(r->a, url, len);
    r->shown = shown_url(r->url, r->a);
    if (r->shown == NULL) {
        schema_registry_close(r);
        return ERR_FAIL(err, ERR_CONFIG, "schema.registry.url must be such as http://host:8081");
    }
    *out = r;
    return true;
}

void
schema_registry_close(SchemaRegistry *r)
{
    if (r == NULL)
        return;
    curl_easy_cleanup(r->curl);
    curl_global_cleanup();
    arena_free(r->a);
    free(r->known);
    free(r->registered);
    free(r);
}

/* ---- one request ---- */

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

/* Status and body of what the registry answers; body is NULL when it is no JSON. */
static bool
ask(SchemaRegistry *r, const char *path, const char *post, long *status, json_t **body, Err *err)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/vnd.schemaregistry.v1+json");
    char reason[CURL_ERROR_SIZE] = "";
    Buf answer = {0}, target = {0};
    CURLcode code;

    headers = curl_slist_append(headers, "Content-Type: application/vnd.schemaregistry.v1+json");
    buf_printf(&target, "%s%s", r->url, path);
    curl_easy_reset(r->curl);
    (void)curl_easy_setopt(r->curl, CURLOPT_URL, buf_cstr(&target));
    (void)curl_easy_setopt(r->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(r->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(r->curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    (void)curl_easy_setopt(r->curl, CURLOPT_ERRORBUFFER, reason);
    (void)curl_easy_setopt(r->curl, CURLOPT_WRITEFUNCTION, take_answer);
    (void)curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, &answer);
    (void)curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, headers);
    if (post != NULL)
        (void)curl_easy_setopt(r->curl, CURLOPT_POSTFIELDS, post);
    code = curl_easy_perform(r->curl);
    (void)curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, status);
    *body = code == CURLE_OK ? json_loadb((const char *)answer.data, answer.len, 0, NULL) : NULL;
    (void)curl_easy_setopt(r->curl, CURLOPT_ERRORBUFFER, NULL);
    curl_slist_free_all(headers);
    buf_free(&answer);
    buf_free(&target);
    return code == CURLE_OK
           || ERR_FAIL(err, ERR_TRANSIENT, "schema registry %s: %s", r->shown,
                       reason[0] != '\0' ? reason : curl_easy_strerror(code));
}

/* What is neither an answer nor a verdict on what was asked. */
static bool
refused(const SchemaRegistry *r, long status, const json_t *body, const char *what, Err *err)
{
    const char *message = json_string_value(json_object_get(body, "message"));
    bool passes = status >= 500 || status == 408 || status == 429;

    return ERR_FAIL(err, passes ? ERR_TRANSIENT : ERR_CONFIG, "schema registry %s, %s: status %ld%s%s", r->shown, what,
                    status, message ? ": " : "", message ? message : "");
}

/* ---- by id ---- */

static bool
keep(SchemaRegistry *r, uint32_t id, const json_t *body, const char **json, Err *err)
{
    const char *text = json_string_value(json_object_get(body, "schema"));
    const char *type = json_string_value(json_object_get(body, "schemaType"));

    if (type != NULL && strcmp(type, "AVRO") != 0)
        return ERR_FAIL(err, ERR_POISON, "schema %u of registry %s is of type %.40s", id, r->shown, type);
    if (json_array_size(json_object_get(body, "references")) > 0)
        return ERR_FAIL(err, ERR_POISON, "schema %u of registry %s refers to others", id, r->shown);
    if (text == NULL)
        return ERR_FAIL(err, ERR_TRANSIENT, "schema registry %s: an answer without a schema", r->shown);
    r->known = heap_room(r->known, r->known_count, &r->known_cap, sizeof *r->known);
    r->known[r->known_count++] = (Known){id, arena_strdup(r->a, text)};
    *json = r->known[r->known_count - 1].json;
    return true;
}

bool
schema_registry_find(SchemaRegistry *r, uint32_t id, const char **json, Err *err)
{
    char path[64];
    json_t *body;
    long status;
    bool ok;

    for (size_t i = 0; i < r->known_count; i++) {
        if (r->known[i].id == id) {
            *json = r->known[i].json;
            return true;
        }
    }
    (void)snprintf(path, sizeof path, "/schemas/ids/%u", id);
    if (!ask(r, path, NULL, &status, &body, err))
        return false;
    if (status == 200)
        ok = keep(r, id, body, json, err);
    else if (json_integer_value(json_object_get(body, "error_code")) == NO_SUCH_SCHEMA)
        ok = ERR_FAIL(err, ERR_POISON, "schema registry %s has no schema %u", r->shown, id);
    else
        ok = refused(r, status, body, path, err);
    json_decref(body);
    return ok;
}

/* ---- ours ---- */

static const EventSchema *
own_schema(uint64_t fingerprint)
{
    for (const EventSchema *const *s = all_event_schemas; *s != NULL; s++)
        if ((*s)->fingerprint == fingerprint)
            return *s;
    return NULL;
}

/* The text of a schema that this build writes or wrote. */
static const char *
text_of(uint64_t fingerprint)
{
    const EventSchema *own = own_schema(fingerprint);

    if (own != NULL)
        return own->json;
    for (const FormerSchema *f = former_event_schemas; f->json != NULL; f++)
        if (f->fingerprint == fingerprint)
            return f->json;
    return NULL;
}

static bool
post_schema(SchemaRegistry *r, const char *topic, const char *text, uint32_t *id, Err *err)
{
    json_t *request = json_pack("{s:s}", "schema", text), *body;
    char *post = json_dumps(request, JSON_COMPACT), *name = curl_easy_escape(r->curl, topic, 0);
    const json_t *given;
    Buf path = {0};
    long status;
    bool ok;

    if (post == NULL || name == NULL)
        abort();
    buf_printf(&path, "/subjects/%s-value/versions", name);
    ok = ask(r, buf_cstr(&path), post, &status, &body, err);
    if (ok) {
        given = json_object_get(body, "id");
        if (status != 200 || !json_is_integer(given) || json_integer_value(given) < 0
            || json_integer_value(given) > INT32_MAX)
            ok = refused(r, status, body, buf_cstr(&path), err);
        else
            *id = (uint32_t)json_integer_value(given);
        json_decref(body);
    }
    json_decref(request);
    free(post);
    curl_free(name);
    buf_free(&path);
    return ok;
}

static bool
id_of(SchemaRegistry *r, const char *topic, uint64_t fingerprint, const char *text, uint32_t *id, Err *err)
{
    for (size_t i = 0; i < r->registered_count; i++) {
        if (r->registered[i].fingerprint == fingerprint && strcmp(r->registered[i].topic, topic) == 0) {
            *id = r->registered[i].id;
            return true;
        }
    }
    if (!post_schema(r, topic, text, id, err))
        return false;
    r->registered = heap_room(r->registered, r->registered_count, &r->registered_cap, sizeof *r->registered);
    r->registered[r->registered_count++] = (Registered){arena_strdup(r->a, topic), fingerprint, *id};
    return true;
}

bool
schema_registry_frame(SchemaRegistry *r, const char *topic, Bytes msg, Arena *a, Bytes *out, Err *err)
{
    uint64_t fingerprint;
    uint8_t *framed;
    const char *text;
    uint32_t id;
    Bytes body;
    Err none;

    *out = msg;
    if (!event_unframe(msg, &fingerprint, &body, &none) || (text = text_of(fingerprint)) == NULL)
        return true;
    if (!id_of(r, topic, fingerprint, text, &id, err))
        return false;
    framed = arena_alloc(a, REGISTRY_FRAME_LEN + body.len);
    for (unsigned i = 0; i < 4; i++)
        framed[1 + i] = (uint8_t)(id >> (24 - 8 * i));
    if (body.len > 0)
        memcpy(framed + REGISTRY_FRAME_LEN, body.data, body.len);
    *out = bytes_of(framed, REGISTRY_FRAME_LEN + body.len);
    return true;
}

bool
registry_unframe(Bytes msg, uint32_t *id, Bytes *body)
{
    if (msg.len < REGISTRY_FRAME_LEN || msg.data[0] != 0)
        return false;
    *id = 0;
    for (unsigned i = 1; i < REGISTRY_FRAME_LEN; i++)
        *id = *id << 8 | msg.data[i];
    *body = bytes_of(msg.data + REGISTRY_FRAME_LEN, msg.len - REGISTRY_FRAME_LEN);
    return true;
}
