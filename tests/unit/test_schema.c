/*
 * tests/unit/test_schema.c
 *    Schemas, and the plans by which records of other versions are read: against what fastavro makes
 *    of the same pairs (schema_pairs.json), and against bytes that nobody should send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/base/rng.h"
#include "libcore/io/codec.h"
#include "libcore/io/schema_plan.h"

static Bytes
view(const Buf *b)
{
    return bytes_of(b->data, b->len);
}

static const SchemaType *
parsed(const char *json, Arena *a)
{
    const SchemaType *t;
    Err err;

    if (!schema_parse(bytes_of_str(json), a, &t, &err))
        fail_msg("%s: %s", json, err.msg);
    return t;
}

/* ---- what fastavro says ---- */

typedef struct {
    const char *name;
    const char *fingerprint;
    const SchemaType *writer, *reader;
    Bytes body;
    Bytes want; /* absent: refused */
} Pair;

typedef struct {
    Arena *a;
    json_t *json;
    Pair *pairs;
    size_t count;
} World;

static World world;

static Bytes
unhex(const char *hex, Arena *a)
{
    size_t len = hex ? strlen(hex) / 2 : 0;
    uint8_t *out = arena_alloc(a, len + 1);

    for (size_t i = 0; i < len; i++) {
        const char pair[] = {hex[2 * i], hex[2 * i + 1], '\0'};

        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return hex ? bytes_of(out, len) : (Bytes){0};
}

static const SchemaType *
member(const json_t *pair, const char *name, Arena *a)
{
    char *text = json_dumps(json_object_get(pair, name), JSON_ENCODE_ANY);
    const SchemaType *t = parsed(text, a);

    free(text);
    return t;
}

static int
load_pairs(void **state)
{
    json_error_t fault;

    (void)state;
    world.a = arena_new(0);
    world.json = json_load_file("tests/unit/schema_pairs.json", 0, &fault);
    if (world.json == NULL)
        fail_msg("schema_pairs.json: %s", fault.text);
    world.count = json_array_size(world.json);
    world.pairs = arena_array(world.a, world.count, sizeof *world.pairs);
    for (size_t i = 0; i < world.count; i++) {
        const json_t *p = json_array_get(world.json, i);

        world.pairs[i] = (Pair){
            .name = json_string_value(json_object_get(p, "name")),
            .fingerprint = json_string_value(json_object_get(p, "fingerprint")),
            .writer = member(p, "writer", world.a),
            .reader = member(p, "reader", world.a),
            .body = unhex(json_string_value(json_object_get(p, "body")), world.a),
            .want = unhex(json_string_value(json_object_get(p, "want")), world.a),
        };
    }
    return 0;
}

static int
drop_pairs(void **state)
{
    (void)state;
    json_decref(world.json);
    arena_free(world.a);
    return 0;
}

static bool
translate(const SchemaType *writer, const SchemaType *reader, Bytes body, Arena *a, Bytes *out, Err *err)
{
    const SchemaPlan *plan;

    return schema_plan_build(writer, reader, a, &plan, err) && schema_plan_run(plan, body, a, out, err);
}

static void
records_become_what_fastavro_makes_of_them(void **state)
{
    size_t read = 0, refused = 0;

    (void)state;
    for (size_t i = 0; i < world.count; i++) {
        const Pair *p = &world.pairs[i];
        Arena *a = arena_new(0);
        Bytes out;
        Err err = {0};
        bool ok = translate(p->writer, p->reader, p->body, a, &out, &err);

        if (ok != (p->want.data != NULL))
            fail_msg("%s: %s", p->name, ok ? "fastavro refuses it" : err.msg);
        if (!ok)
            assert_int_equal(err.cls, ERR_POISON);
        else if (out.len != p->want.len || memcmp(out.data, p->want.data, out.len) != 0)
            fail_msg("%s: other bytes", p->name);
        *(ok ? &read : &refused) += 1;
        arena_free(a);
    }
    assert_in_range(read, 150, world.count);
    assert_in_range(refused, 20, world.count);
}

static void
fingerprints_are_fastavros(void **state)
{
    char text[17];

    (void)state;
    for (size_t i = 0; i < world.count; i++) {
        (void)snprintf(text, sizeof text, "%016" PRIx64, schema_fingerprint(world.pairs[i].writer));
        assert_string_equal(text, world.pairs[i].fingerprint);
    }
    for (const EventSchema *const *s = all_event_schemas; *s != NULL; s++)
        assert_true(schema_fingerprint(parsed((*s)->json, world.a)) == (*s)->fingerprint);
}

static void
a_record_cut_anywhere_is_poison(void **state)
{
    (void)state;
    for (size_t i = 0; i < world.count; i++) {
        const Pair *p = &world.pairs[i];
        Arena *a = arena_new(0);
        const SchemaPlan *plan;
        Bytes out;
        Err err = {0};

        for (size_t len = 0; schema_plan_build(p->writer, p->reader, a, &plan, &err) && len < p->body.len; len++) {
            uint8_t *cut = malloc(len + 1); /* of its own, so that a sanitizer sees a read behind it */

            memcpy(cut, p->body.data, len);
            if (schema_plan_run(plan, bytes_of(cut, len), a, &out, &err))
                fail_msg("%s cut to %zu bytes is read", p->name, len);
            assert_int_equal(err.cls, ERR_POISON);
            free(cut);
        }
        arena_free(a);
    }
}

static void
changed_bytes_are_a_record_or_poison(void **state)
{
    Rng rng = rng_seeded(20241205);

    (void)state;
    for (size_t i = 0; i < world.count; i++) {
        const Pair *p = &world.pairs[i];
        Arena *a = arena_new(64 * 1024 * 1024);
        const SchemaPlan *plan;
        Bytes out;
        Err err = {0};

        for (size_t n = 0; schema_plan_build(p->writer, p->reader, a, &plan, &err) && n < 400 && p->body.len > 0; n++) {
            uint8_t *bent = malloc(p->body.len);

            memcpy(bent, p->body.data, p->body.len);
            for (uint64_t k = 0; k <= n % 3; k++)
                bent[rng_below(&rng, p->body.len)] = (uint8_t)rng_below(&rng, 256);
            if (!schema_plan_run(plan, bytes_of(bent, p->body.len), a, &out, &err))
                assert_int_equal(err.cls, ERR_POISON);
            free(bent);
        }
        arena_free(a);
    }
}

/* ---- what is said ---- */

static void
refusals_name_the_field_and_both_types(void **state)
{
    static const struct {
        const char *name, *message;
    } claims[] = {
        {"a field without a default that the writer lacks",
         "R.c: the writer lacks this field, and the reader's int has no default"},
        {"a nested field without a default",
         "R.r.q: the writer lacks this field, and the reader's string has no default"},
        {"a record of another name", "R.r: the writer has record One, the reader wants record Two"},
        {"long is no int", "R.v: the writer has long, the reader wants int"},
        {"an array is no map", "R.v: the writer has array of int, the reader wants map of int"},
        {"items that cannot be", "R.v[]: the writer has string, the reader wants long"},
        {"a branch that is wrong inside", "R.v.q: the writer lacks this field, and the reader's string has no default"},
        {"no branch for it", "R.v: the writer has string, the reader wants [null, long]"},
        {"fixed of another size", "R.f: the writer has fixed F, the reader wants fixed F"},
        {"bytes that are no text", "R.v at byte 0: a string that is not UTF-8"},
        {"a union's null cannot become plain", "R.v at byte 1: the writer has null here, the reader wants long"},
        {"a branch that the reader lacks, in use",
         "R.v at byte 1: the writer has string here, the reader wants [null, long]"},
        {"a symbol that went, without a default", "R.e at byte 0: a symbol that the reader's enum E lacks"},
    };

    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(claims); c++) {
        bool seen = false;

        for (size_t i = 0; i < world.count; i++) {
            const Pair *p = &world.pairs[i];
            Bytes out;
            Err err = {0};

            if (strcmp(p->name, claims[c].name) != 0)
                continue;
            seen = true;
            assert_false(translate(p->writer, p->reader, p->body, world.a, &out, &err));
            assert_string_equal(err.msg, claims[c].message);
        }
        if (!seen)
            fail_msg("no case %s", claims[c].name);
    }
}

static void
times_of_different_units_are_not_mixed_up(void **state)
{
    const char *millis = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"t\",\"type\":{\"type\":\"long\","
                         "\"logicalType\":\"timestamp-millis\"}}]}";
    const char *micros = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"t\",\"type\":{\"type\":\"long\","
                         "\"logicalType\":\"timestamp-micros\"}},{\"name\":\"x\",\"type\":\"int\",\"default\":0}]}";
    const char *plain = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"t\",\"type\":\"long\"}]}";
    const SchemaPlan *plan;
    Err err = {0};

    (void)state;
    assert_false(schema_plan_build(parsed(millis, world.a), parsed(micros, world.a), world.a, &plan, &err));
    assert_string_equal(err.msg,
                        "R.t: the writer has long (timestamp-millis), the reader wants long (timestamp-micros)");
    assert_true(schema_plan_build(parsed(plain, world.a), parsed(micros, world.a), world.a, &plan, &err));
    assert_string_equal(schema_plan_gap(plan), "R.t: the writer has long, the reader long (timestamp-micros)");
    assert_true(schema_plan_build(parsed(micros, world.a), parsed(micros, world.a), world.a, &plan, &err));
    assert_null(schema_plan_gap(plan));
}

static void
broken_schemas_are_refused_with_the_place(void **state)
{
    static const struct {
        const char *json, *message;
    } claims[] = {
        {"", "a schema that is no JSON: line 1, column 0: '[' or '{' expected near end of file"},
        {"{}", "schema: a type is missing"},
        {"\"strin\"", "schema: there is no type strin"},
        {"[]", "schema: a union without branches"},
        {"[\"null\",[\"int\"]]", "schema: a union directly inside a union"},
        {"{\"type\":\"record\",\"fields\":[]}", "schema: a record without a name"},
        {"{\"type\":\"record\",\"name\":\"R\"}", "record R has no fields"},
        {"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"type\":\"int\"}]}", "R has a field without a name"},
        {"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},"
         "{\"name\":\"a\",\"type\":\"int\"}]}",
         "R.a is there twice"},
        {"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":\"x\"}]}",
         "R.a: its default is no int"},
        {"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":3000000000}]}",
         "R.a: its default is no int"},
        {"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"R\",\"default\":{}}]}",
         "R.a: its default is no record R"},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[]}", "enum E has no symbols"},
        {"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}",
         "enum E: its default is none of its symbols"},
        {"{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}", "fixed F has no usable size"},
        {"{\"type\":\"array\"}", "schema: a type is missing"},
        {"{\"type\":\"record\",\"name\":\"a b\",\"fields\":[]}", "schema: a record without a name"},
    };
    Buf deep = {0};
    const SchemaType *t;
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
        assert_false(schema_parse(bytes_of_str(claims[i].json), world.a, &t, &err));
        assert_int_equal(err.cls, ERR_POISON);
        if (i > 0)
            assert_string_equal(err.msg, claims[i].message);
    }
    for (int i = 0; i < 1000; i++)
        buf_put_str(&deep, "{\"type\":\"array\",\"items\":");
    buf_put_str(&deep, "\"int\"");
    for (int i = 0; i < 1000; i++)
        buf_put_str(&deep, "}");
    assert_false(schema_parse(view(&deep), world.a, &t, &err));
    assert_string_equal(err.msg, "schema: the schema is too large or too deep");
    buf_free(&deep);
}

/* The specification: characters 0 to 255 stand for the bytes of that value. */
static void
default_bytes_are_the_characters_of_their_text(void **state)
{
    const char *reader = "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                         "{\"name\":\"b\",\"type\":\"bytes\",\"default\":\"\\u00ff\\u0001a\"},"
                         "{\"name\":\"f\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":2},"
                         "\"default\":\"\\u0080\\u007f\"}]}";
    static const uint8_t want[] = {6, 0xff, 1, 'a', 0x80, 0x7f};
    static const char *const wrong[] = {
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"b\",\"type\":\"bytes\",\"default\":\"\\u0100\"}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"b\",\"type\":\"bytes\",\"default\":7}]}",
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":{\"type\":\"fixed\",\"name\":\"F\","
        "\"size\":2},\"default\":\"abc\"}]}"};
    const SchemaType *t;
    Bytes out;
    Err err = {0};

    (void)state;
    assert_true(translate(parsed("{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}", world.a),
                          parsed(reader, world.a), bytes_of("", 0), world.a, &out, &err));
    assert_int_equal(out.len, sizeof want);
    assert_memory_equal(out.data, want, sizeof want);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(schema_parse(bytes_of_str(wrong[i]), world.a, &t, &err));
}

/* ---- bytes that nobody should send ---- */

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":" type "}"
#define INTS "{\"type\":\"array\",\"items\":\"int\"}"
#define LONGS "{\"type\":\"array\",\"items\":\"long\"}"
#define NULLS "{\"type\":\"array\",\"items\":\"null\"}"

static void
hostile_bytes_are_poison_with_their_place(void **state)
{
    static const struct {
        const char *writer, *reader, *bytes, *message;
    } claims[] = {
        {FIELD("v", "\"string\""), FIELD("v", "\"bytes\""), "01", "R.v at byte 0: a negative length"},
        {FIELD("v", "\"string\""), FIELD("v", "\"bytes\""), "feffffffffffffffff01",
         "R.v at byte 0: a length beyond the end of the bytes"},
        {FIELD("v", "\"string\""), "", "01", "R.v at byte 0: a negative length"},
        {FIELD("v", "\"int\""), FIELD("v", "\"long\""), "ffffffffffffffffffff01",
         "R.v at byte 0: a number that does not fit 64 bits"},
        {FIELD("v", "\"int\""), FIELD("v", "\"long\""), "8080808010",
         "R.v at byte 0: a number that does not fit 32 bits"},
        {FIELD("v", "\"int\""), FIELD("v", "\"long\""), "80", "R.v at byte 0: the bytes end inside a number"},
        {FIELD("v", "\"float\""), FIELD("v", "\"double\""), "0000", "R.v at byte 0: the bytes end inside a value"},
        {FIELD("v", INTS), FIELD("v", LONGS), "ffffffffffffffffff01", "R.v at byte 0: an impossible number of items"},
        {FIELD("v", INTS), FIELD("v", LONGS), "feffffffffffffffff01",
         "R.v at byte 0: more items than the bytes can hold"},
        {FIELD("v", INTS), "", "feffffffffffffffff01", "R.v at byte 0: more items than the bytes can hold"},
        {FIELD("v", NULLS), FIELD("v", NULLS), "feffffffffffffffff01",
         "R.v at byte 0: more items than the bytes can hold"},
        {FIELD("v", NULLS), "", "8080808008", "R.v at byte 0: more items than the bytes can hold"},
        {FIELD("v", INTS), FIELD("v", LONGS), "01010200", "R.v at byte 1: a block beyond the end of the bytes"},
        {FIELD("v", INTS), FIELD("v", LONGS), "01040202", "R.v at byte 3: a block whose size is not the one announced"},
        {FIELD("v", INTS), "", "0164020000", "R.v at byte 1: a block beyond the end of the bytes"},
        {FIELD("v", "[\"null\",\"int\"]"), FIELD("v", "[\"int\",\"null\"]"), "04",
         "R.v at byte 0: a union branch that does not exist"},
        {FIELD("v", "[\"null\",\"int\"]"), "", "01", "R.v at byte 0: a union branch that does not exist"},
        {FIELD("v", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}"),
         FIELD("v", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"B\",\"A\"]}"), "02",
         "R.v at byte 0: a symbol that does not exist"},
        {FIELD("v", "\"boolean\""), FIELD("v", "\"boolean\""), "02", "R.v at byte 0: not a boolean"},
        {FIELD("v", "\"int\""), FIELD("v", "\"long\""), "0200", "R at byte 1: 1 bytes left over"},
    };
    Arena *a = arena_new(1024 * 1024);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
        const char *writer = arena_printf(world.a, RECORD("%s"), claims[i].writer);
        const char *reader = arena_printf(world.a, RECORD("%s"), claims[i].reader);
        Bytes out;
        Err err = {0};

        if (translate(parsed(writer, world.a), parsed(reader, world.a), unhex(claims[i].bytes, world.a), a, &out, &err))
            fail_msg("%s as %s is read", claims[i].bytes, claims[i].writer);
        assert_int_equal(err.cls, ERR_POISON);
        assert_string_equal(err.msg, claims[i].message);
    }
    arena_free(a);
}

static void
values_nested_without_end_are_poison(void **state)
{
    const char *chain = RECORD(FIELD("next", "[\"null\",\"R\"]"));
    const char *longer = RECORD(FIELD("next", "[\"null\",\"R\"]") ",{\"name\":\"x\",\"type\":\"int\",\"default\":0}");
    Buf body = {0};
    Bytes out;
    Err err = {0};

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_put_u8(&body, 2);
    buf_put_u8(&body, 0);
    assert_false(translate(parsed(chain, world.a), parsed(longer, world.a), view(&body), world.a, &out, &err));
    assert_non_null(strstr(err.msg, "nested too deep"));
    assert_false(translate(parsed(chain, world.a), parsed(RECORD(""), world.a), view(&body), world.a, &out, &err));
    assert_non_null(strstr(err.msg, "nested too deep"));
    buf_free(&body);
}

/* Defaults make a small message large. */
static void
a_record_that_would_grow_without_bound_is_poison(void **state)
{
    Buf reader = {0}, body = {0};
    const char *writer = RECORD(FIELD("v", "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"I\","
                                           "\"fields\":[{\"name\":\"b\",\"type\":\"boolean\"}]}}"));
    Bytes out;
    Err err = {0};

    (void)state;
    buf_put_str(&reader,
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":{\"type\":\"array\","
                "\"items\":{\"type\":\"record\",\"name\":\"I\",\"fields\":[{\"name\":\"b\",\"type\":\"boolean\"},"
                "{\"name\":\"d\",\"type\":\"string\",\"default\":\"");
    for (int i = 0; i < 10000; i++)
        buf_put_u8(&reader, 'x');
    buf_put_str(&reader, "\"}]}}}]}");
    buf_put_avro_count(&body, 10000);
    for (int i = 0; i < 10000; i++)
        buf_put_u8(&body, 1);
    buf_put_avro_end(&body);
    assert_false(
        translate(parsed(writer, world.a), parsed(buf_cstr(&reader), world.a), view(&body), world.a, &out, &err));
    assert_non_null(strstr(err.msg, "more memory than one message may take"));
    buf_free(&reader);
    buf_free(&body);
}

/* Thirty records, each of which has the one before twice: 2^29 values without a byte. */
static void
a_schema_that_explodes_is_poison(void **state)
{
    const char *text = "{\"type\":\"record\",\"name\":\"L0\",\"fields\":[]}";
    Bytes out;
    Err err = {0};

    (void)state;
    for (int i = 1; i < 30; i++)
        text = arena_printf(world.a,
                            "{\"type\":\"record\",\"name\":\"L%d\",\"fields\":[{\"name\":\"a\",\"type\":%s},"
                            "{\"name\":\"b\",\"type\":\"L%d\"}]}",
                            i, text, i - 1);
    text = arena_printf(world.a, RECORD(FIELD("x", "%s")), text);
    assert_false(translate(parsed(text, world.a), parsed(RECORD(""), world.a), bytes_of("", 0), world.a, &out, &err));
    assert_non_null(strstr(err.msg, "more values than the bytes can hold"));
}

static void
arrays_in_several_blocks_are_read_whole(void **state)
{
    /* two items, then one in a block that says its size */
    static const uint8_t body[] = {4, 2, 4, 1, 2, 6, 0};
    static const uint8_t want[] = {4, 2, 4, 2, 6, 0};
    Bytes out;
    Err err = {0};

    (void)state;
    assert_true(translate(parsed(RECORD(FIELD("v", INTS)), world.a), parsed(RECORD(FIELD("v", LONGS)), world.a),
                          bytes_of(body, sizeof body), world.a, &out, &err));
    assert_int_equal(out.len, sizeof want);
    assert_memory_equal(out.data, want, sizeof want);
}

/* ---- messages ---- */

static Bytes
a_message(Arena *a)
{
    const PredictProgress p = {.event_id = "e", .game_date = {20022}, .batch_id = "b", .closed = 128};

    return predict_progress_message(&p, a);
}

static void
a_message_of_this_build_is_passed_on_as_it_is(void **state)
{
    Codec *c = codec_new(NULL);
    Bytes msg = a_message(world.a), out;
    Err err = {0};

    (void)state;
    assert_true(codec_resolve(c, NULL, msg, world.a, &out, &err));
    assert_ptr_equal(out.data, msg.data);
    assert_int_equal(out.len, msg.len);
    codec_free(c);
}

static void
what_cannot_be_read_says_why(void **state)
{
    static const uint8_t registry[] = {0, 0, 0, 1, 2, 'x'};
    Codec *c = codec_new(NULL);
    uint8_t unknown[] = {0xc3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 'x'};
    Bytes out;
    Err err = {0};

    (void)state;
    assert_false(codec_resolve(c, NULL, bytes_of(unknown, sizeof unknown), world.a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_string_equal(err.code, "SCHEMA_UNKNOWN");
    assert_non_null(strstr(err.msg, "unknown schema 0807060504030201: start the build that wrote it once"));
    assert_ptr_equal(out.data, unknown);
    assert_false(codec_resolve(c, NULL, bytes_of(registry, sizeof registry), world.a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_non_null(strstr(err.msg, "(schema 258), and no schema.registry.url is configured"));
    assert_false(codec_resolve(c, NULL, bytes_of("junk junk junk", 14), world.a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_false(codec_resolve(c, NULL, (Bytes){0}, world.a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
    codec_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_what_fastavro_makes_of_them),
        cmocka_unit_test(fingerprints_are_fastavros),
        cmocka_unit_test(a_record_cut_anywhere_is_poison),
        cmocka_unit_test(changed_bytes_are_a_record_or_poison),
        cmocka_unit_test(refusals_name_the_field_and_both_types),
        cmocka_unit_test(times_of_different_units_are_not_mixed_up),
        cmocka_unit_test(broken_schemas_are_refused_with_the_place),
        cmocka_unit_test(default_bytes_are_the_characters_of_their_text),
        cmocka_unit_test(hostile_bytes_are_poison_with_their_place),
        cmocka_unit_test(values_nested_without_end_are_poison),
        cmocka_unit_test(a_record_that_would_grow_without_bound_is_poison),
        cmocka_unit_test(a_schema_that_explodes_is_poison),
        cmocka_unit_test(arrays_in_several_blocks_are_read_whole),
        cmocka_unit_test(a_message_of_this_build_is_passed_on_as_it_is),
        cmocka_unit_test(what_cannot_be_read_says_why),
    };

    return cmocka_run_group_tests(tests, load_pairs, drop_pairs);
}
