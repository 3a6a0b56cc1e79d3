/*
 * libcore/io/codec.c
 *    Check frames; render records through avro-c.
 */
#include "libcore/io/codec.h"
#include <avro.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CHECK_CAP_BYTES = 64 * 1024 * 1024 };

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
