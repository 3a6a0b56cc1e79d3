/*
 * libcore/io/codec.c
 *    Check frames; read records of other versions; render records through avro-c.
 */
#include "libcore/io/codec.h"
#include <avro.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/io/schema_plan.h"
#include "libcore/io/schema_store.h"

enum { CHECK_CAP_BYTES = 64 * 1024 * 1024 };

/* How records of one writer's schema are read: by a plan, as they are, or not at all. */
typedef struct {
    uint64_t fingerprint;
    const char *json;
    const EventSchema *reader;
    const SchemaPlan *plan; /* NULL: the body is the reader's already, or why says why it cannot be */
    bool is_refused;
    Err why;
} Writer;

typedef struct {
    uint32_t id;
    const Writer *writer;
} RegistryId;

struct Codec {
    Arena *a;
    SchemaRegistry *registry;
    Writer **writers;
    size_t writer_count, writer_cap;
    RegistryId *ids;
    size_t id_count, id_cap;
};

const EventSchema *
codec_schema_by_fingerprint(uint64_t fingerprint)
{
    for (const EventSchema *const *s = all_event_schemas; *s != NULL; s++) {
        if ((*s)->fingerprint == fingerprint)
            return *s;
    }
    return NULL;
}

bool
codec_check_frame(Bytes msg, const EventSchema *want, Bytes *body, Err *err)
{
    const EventSchema *other;
    uint64_t fingerprint;

    if (!event_unframe(msg, &fingerprint, body, err))
        return err_prefix(err, "%s", want->name);
    if (fingerprint == want->fingerprint)
        return true;
    other = codec_schema_by_fingerprint(fingerprint);
    return ERR_FAIL(err, ERR_POISON, "expected %s (%016" PRIx64 "), got %s (%016" PRIx64 ")", want->name,
                    want->fingerprint, other == NULL ? "an unknown schema" : other->name, fingerprint);
}

/* ---- records of other versions ---- */

Codec *
codec_new(SchemaRegistry *registry)
{
    Codec *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    c->a = arena_new(0);
    c->registry = registry;
    return c;
}

void
codec_free(Codec *c)
{
    if (c == NULL)
        return;
    arena_free(c->a);
    free(c->writers);
    free(c->ids);
    free(c);
}

static const EventSchema *
reader_of(const SchemaType *writer)
{
    const char *name = writer->name ? schema_short_name(writer->name) : "";

    for (const EventSchema *const *s = all_event_schemas; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}

static bool
plan_for(Codec *c, const SchemaType *written, Writer *w, Err *err)
{
    const SchemaType *wanted;

    w->reader = codec_schema_by_fingerprint(w->fingerprint);
    if (w->reader != NULL)
        return true;
    w->reader = reader_of(written);
    if (w->reader == NULL)
        return ERR_FAIL(err, ERR_POISON, "this build has no record %s", written->name ? written->name : "without name");
    return schema_parse(bytes_of_str(w->reader->json), c->a, &wanted, err)
           && schema_plan_build(written, wanted, c->a, &w->plan, err);
}

/* Makes the writer known. What cannot be read now never can: that is kept, too. */
static const Writer *
add_writer(Codec *c, const char *json, const uint64_t *claimed)
{
    Writer *w = arena_alloc(c->a, sizeof *w);
    const SchemaType *written;

    w->is_refused = !schema_parse(bytes_of_str(json), c->a, &written, &w->why);
    if (!w->is_refused) {
        w->fingerprint = schema_fingerprint(written);
        w->is_refused = !plan_for(c, written, w, &w->why);
    }
    if (claimed != NULL && w->fingerprint != *claimed) {
        w->is_refused = true;
        (void)ERR_FAIL(&w->why, ERR_POISON, "its recorded text is another schema's (%016" PRIx64 ")", w->fingerprint);
        w->fingerprint = *claimed;
    }
    if (w->is_refused) {
        (void)err_prefix(&w->why, "schema %016" PRIx64, w->fingerprint);
        err_set_code(&w->why, "SCHEMA_UNREADABLE");
    }
    w->json = arena_strdup(c->a, json);
    c->writers = heap_room(c->writers, c->writer_count, &c->writer_cap, sizeof *c->writers);
    c->writers[c->writer_count++] = w;
    return w;
}

static bool
find_writer(Codec *c, DbTx *tx, uint64_t fingerprint, Arena *a, const Writer **out, Err *err)
{
    const char *json = NULL;

    for (size_t i = 0; i < c->writer_count; i++) {
        if (c->writers[i]->fingerprint == fingerprint) {
            *out = c->writers[i];
            return true;
        }
    }
    for (const FormerSchema *f = former_event_schemas; f->json != NULL && json == NULL; f++)
        if (f->fingerprint == fingerprint)
            json = f->json;
    if (json == NULL && tx != NULL && !schema_store_find(tx, fingerprint, a, &json, err))
        return false;
    if (json == NULL) {
        (void)ERR_FAIL(err, ERR_POISON,
                       "a record of the unknown schema %016" PRIx64 ": start the build that wrote it once against this "
                       "database, which records its schemas in ops.schema, then retry",
                       fingerprint);
        err_set_code(err, "SCHEMA_UNKNOWN");
        return false;
    }
    *out = add_writer(c, json, &fingerprint);
    return true;
}

static bool
find_registered(Codec *c, uint32_t id, const Writer **out, Err *err)
{
    const char *json;

    for (size_t i = 0; i < c->id_count; i++) {
        if (c->ids[i].id == id) {
            *out = c->ids[i].writer;
            return true;
        }
    }
    if (!schema_registry_find(c->registry, id, &json, err))
        return false;
    *out = add_writer(c, json, NULL);
    c->ids = heap_room(c->ids, c->id_count, &c->id_cap, sizeof *c->ids);
    c->ids[c->id_count++] = (RegistryId){id, *out};
    return true;
}

static Bytes
framed(const EventSchema *schema, Bytes body, Arena *a)
{
    Buf b = {0};
    Bytes out;

    event_frame(schema, body, &b);
    out = arena_bytes(a, buf_cstr(&b), b.len);
    buf_free(&b);
    return out;
}

static bool
read_as(const Writer *w, Bytes body, Arena *a, Bytes *out, Err *err)
{
    if (w->is_refused) {
        *err = w->why;
        return false;
    }
    if (w->plan != NULL && !schema_plan_run(w->plan, body, a, &body, err))
        return err_prefix(err, "written as %016" PRIx64, w->fingerprint);
    *out = framed(w->reader, body, a);
    return true;
}

bool
codec_resolve(Codec *c, DbTx *tx, Bytes msg, Arena *a, Bytes *out, Err *err)
{
    const Writer *w;
    uint64_t fingerprint;
    uint32_t id;
    Bytes body;

    *out = msg;
    if (registry_unframe(msg, &id, &body)) {
        if (c->registry == NULL)
            return ERR_FAIL(err, ERR_POISON,
                            "a message begins with 00, as a schema registry's do (schema %u), and no "
                            "schema.registry.url is configured",
                            id);
        return find_registered(c, id, &w, err) && read_as(w, body, a, out, err);
    }
    if (!event_unframe(msg, &fingerprint, &body, err))
        return false;
    if (codec_schema_by_fingerprint(fingerprint) != NULL)
        return true;
    return find_writer(c, tx, fingerprint, a, &w, err) && read_as(w, body, a, out, err);
}

bool
codec_writer_of(Codec *c, DbTx *tx, Bytes msg, Arena *a, const char **json, const EventSchema **reader, Err *err)
{
    const EventSchema *own;
    const Writer *w;
    uint64_t fingerprint;
    uint32_t id;
    Bytes body;

    if (registry_unframe(msg, &id, &body)) {
        if (c->registry == NULL)
            return ERR_FAIL(err, ERR_POISON, "framed for a schema registry (schema %u), and none is configured", id);
        if (!find_registered(c, id, &w, err))
            return false;
    } else if (!event_unframe(msg, &fingerprint, &body, err)) {
        return false;
    } else {
        own = codec_schema_by_fingerprint(fingerprint);
        if (own != NULL) {
            *json = own->json;
            *reader = own;
            return true;
        }
        if (!find_writer(c, tx, fingerprint, a, &w, err))
            return false;
    }
    *json = w->json;
    *reader = w->reader;
    return true;
}

/* ---- JSON ---- */

/* avro-c allocates what a length says before it looks whether the bytes are there, and leaks where
 * they are not, so it only ever sees bodies that our own reader accepts. */
static bool
is_whole_record(const EventSchema *schema, Bytes body, Err *err)
{
    Arena *scratch = arena_new(CHECK_CAP_BYTES);
    bool is_whole = schema->check(body, scratch, err);

    arena_free(scratch);
    return is_whole;
}

static bool
render(const EventSchema *schema, avro_value_t *value, Bytes body, Buf *out, Err *err)
{
    avro_reader_t reader = avro_reader_memory((const char *)body.data, (int64_t)body.len);
    char *json = NULL;
    bool ok = false;

    if (avro_value_read(reader, value) != 0 || avro_value_to_json(value, 1, &json) != 0) {
        (void)ERR_FAIL(err, ERR_POISON, "%s as JSON: %s", schema->name, avro_strerror());
    } else {
        buf_put_str(out, json);
        ok = true;
    }
    free(json);
    avro_reader_free(reader);
    return ok;
}

bool
codec_to_json(const EventSchema *schema, Bytes body, Buf *out, Err *err)
{
    avro_schema_t parsed;
    avro_value_iface_t *iface;
    avro_value_t value;
    bool ok = false;

    if (!is_whole_record(schema, body, err))
        return false;
    if (avro_schema_from_json_length(schema->json, strlen(schema->json), &parsed) != 0)
        return ERR_FAIL(err, ERR_FATAL, "schema %s: %s", schema->name, avro_strerror());
    iface = avro_generic_class_from_schema(parsed);
    if (avro_generic_value_new(iface, &value) == 0) {
        ok = render(schema, &value, body, out, err);
        avro_value_decref(&value);
    } else {
        (void)ERR_FAIL(err, ERR_FATAL, "schema %s: %s", schema->name, avro_strerror());
    }
    avro_value_iface_decref(iface);
    avro_schema_decref(parsed);
    return ok;
}
