/*
 * tests/unit/test_schema_edit.c
 *    Claims about mending records: JSON becomes the bytes that the generated encoders and avro-c agree upon, every
 *    refusal names its place, and a difference of schemas is what their plan makes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "events_gen.h"
#include "libcore/base/cursor.h"
#include "libcore/io/codec.h"
#include "libcore/io/schema_diff.h"
#include "libcore/io/schema_json.h"
#include "ops/cli/dlq_patch.h"

static Arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const SchemaType *
parsed(const char *json)
{
    const SchemaType *t;
    Err err;

    if (!schema_parse(bytes_of_str(json), arena, &t, &err))
        fail_msg("%s: %s", json, err.msg);
    return t;
}

static void
assert_hex(const Buf *b, const char *hex)
{
    char text[3];

    assert_int_equal(b->len * 2, strlen(hex));
    for (size_t i = 0; i < b->len; i++) {
        (void)snprintf(text, sizeof text, "%02x", b->data[i]);
        assert_memory_equal(text, hex + 2 * i, 2);
    }
}

/* Bytes by the specification of Avro 1.11, "Binary Encoding", written down by hand. */
static void
encodes(const char *schema, const char *json, const char *hex)
{
    Buf out = {0};
    Err err;

    if (!schema_json_encode(parsed(schema), bytes_of_str(json), &out, &err))
        fail_msg("%s as %s: %s", json, schema, err.msg);
    assert_hex(&out, hex);
    buf_free(&out);
}

static void
refuses(const char *schema, const char *json, const char *sentence)
{
    Buf out = {0};
    Err err;

    if (schema_json_encode(parsed(schema), bytes_of_str(json), &out, &err))
        fail_msg("%s was taken as %s", json, schema);
    assert_int_equal(err.cls, ERR_POISON);
    if (strstr(err.msg, sentence) == NULL)
        fail_msg("'%s' lacks '%s'", err.msg, sentence);
    buf_free(&out);
}

#define DATE "{\"type\":\"int\",\"logicalType\":\"date\"}"
#define STAMP "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"
#define POINT                                                                                                          \
    "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"},"                               \
    "{\"name\":\"y\",\"type\":[\"null\",\"string\"]},{\"name\":\"z\",\"type\":\"int\",\"default\":3}]}"

static void
values_become_their_bytes(void **state)
{
    (void)state;
    encodes("\"int\"", "-1", "01");
    encodes("\"long\"", "64", "8001");
    encodes("\"double\"", "1.5", "000000000000f83f");
    encodes("\"double\"", "2", "0000000000000040");
    encodes("\"float\"", "1.5", "0000c03f");
    encodes("\"boolean\"", "true", "01");
    encodes("\"string\"", "\"foo\"", "06666f6f");
    encodes("\"bytes\"", "\"\\u00ff\\u0000a\"", "06ff0061");
    encodes("{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", "\"\\u0080b\"", "8062");
    encodes("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", "\"B\"", "02");
    encodes("{\"type\":\"array\",\"items\":\"long\"}", "[3, 27]", "04063600");
    encodes("{\"type\":\"array\",\"items\":\"long\"}", "[]", "00");
    encodes("{\"type\":\"map\",\"values\":\"int\"}", "{\"a\": 1}", "0202610200");
    encodes("[\"null\",\"string\"]", "null", "00");
    encodes("[\"null\",\"string\"]", "{\"string\": \"a\"}", "020261");
    encodes("[\"null\",\"string\"]", "\"a\"", "020261");
    encodes(POINT, "{\"y\": null, \"x\": 1}", "020006");
}

static void
times_may_be_written_as_people_write_them(void **state)
{
    (void)state;
    encodes(DATE, "\"1970-01-03\"", "04");
    encodes(DATE, "2", "04");
    encodes(STAMP, "\"1970-01-01T00:00:00.000064Z\"", "8001");
    refuses(DATE, "\"soon\"", "value: \"soon\" is no int (date)");
    refuses("\"int\"", "\"1970-01-03\"", "is no int");
}

static void
every_refusal_names_its_place(void **state)
{
    (void)state;
    refuses(POINT, "{\"x\": 1}", "P.y: missing; it is [null, string]");
    refuses(POINT, "{\"x\": 1, \"y\": null, \"Y\": 2}", "P.Y: record P has no such field");
    refuses(POINT, "{\"x\": \"1\", \"y\": null}", "P.x: \"1\" is no int");
    refuses(POINT, "{\"x\": 1.5, \"y\": null}", "P.x: 1.5 is no int");
    refuses(POINT, "{\"x\": 2147483648, \"y\": null}", "P.x: 2147483648 is no int");
    refuses(POINT, "{\"x\": -2147483648, \"y\": null}", "is no int"); /* stands for null here */
    refuses(POINT, "{\"x\": 1, \"y\": 2}", "P.y: 2 is no [null, string]");
    refuses(POINT, "{\"x\": 1, \"y\": {\"string\": 2}}", "P.y: 2 is no string");
    refuses("{\"type\":\"array\",\"items\":" POINT "}", "[{\"x\": 1, \"y\": null}, 7]", "value[1]: 7 is no record P");
    refuses(POINT, "{\"x\": 1, \"x\": 2, \"y\": null}", "no JSON: line 1");
    refuses(POINT, "{\"x\": 1", "no JSON: line 1");
    refuses("\"string\"", "\"a\\u0000b\"", "is no string");
    refuses("{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", "\"b\"", "is no fixed F");
    refuses("\"bytes\"", "\"\\u0100\"", "is no bytes");
}

/* What avro-c renders of a record is taken back to the very bytes. */
static void
a_rendered_record_comes_back_as_it_was(void **state)
{
    const FeedBoxscoreRow row = {.player_name = "Ren\xc3\xa9 O'Neal \"R\"",
                                 .team = "BOS",
                                 .opponent = "LAL",
                                 .minutes = 33.1,
                                 .won = BOOL_NULL,
                                 .fg_makes = -3};
    const FeedBoxscores record = {.event_id = "e",
                                  .game_date = {20000},
                                  .part_id = "p",
                                  .game_id = "g",
                                  .is_scheduled = true,
                                  .rows = &row,
                                  .rows_count = 1};
    Bytes message = feed_boxscores_message(&record, arena), body;
    Buf json = {0}, out = {0};
    uint64_t fingerprint;
    Err err;

    (void)state;
    assert_true(event_unframe(message, &fingerprint, &body, &err));
    assert_true(codec_to_json(&feed_boxscores_schema, body, &json, &err));
    if (!schema_json_encode(parsed(feed_boxscores_schema.json), bytes_of(json.data, json.len), &out, &err))
        fail_msg("%s: %s", buf_cstr(&json), err.msg);
    assert_int_equal(out.len, body.len);
    assert_memory_equal(out.data, body.data, body.len);
    buf_free(&json);
    buf_free(&out);
}

/* ---- differences of schemas ---- */

static const char *
differences(const char *writer, const char *reader)
{
    SchemaDiff *items;
    size_t count = schema_diff(parsed(writer), parsed(reader), arena, &items);
    const char *text = "";

    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s%s %s %s>%s", text, i ? ", " : "", schema_diff_name(items[i].kind),
                            items[i].path, items[i].written ? items[i].written : "",
                            items[i].wanted ? items[i].wanted : "");
    return text;
}

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":" type "}"

static void
each_difference_says_what_becomes_of_it(void **state)
{
    const char *inner = RECORD(FIELD("list",
                                     "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"I\",\"fields\""
                                     ":[" FIELD("a", "\"int\"") "]}}"));
    const char *inner_wanted = RECORD(FIELD("list", "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"I\","
                                                    "\"fields\":[" FIELD("a", "\"long\"") "]}}"));

    (void)state;
    assert_string_equal(differences(RECORD(FIELD("a", "\"int\"")), RECORD(FIELD("a", "\"int\""))), "");
    assert_string_equal(differences(RECORD(FIELD("a", "\"int\"")), RECORD(FIELD("a", "\"long\""))),
                        "promoted R.a int>long");
    assert_string_equal(differences(RECORD(FIELD("a", "\"long\"")), RECORD(FIELD("a", "\"int\""))),
                        "poison R.a long>int");
    assert_string_equal(differences(RECORD(FIELD("a", "\"int\"") "," FIELD("b", "\"int\"")),
                                    RECORD(FIELD("b", "\"int\"") ",{\"name\":\"c\",\"type\":\"int\",\"default\":1}")),
                        "default R.c >int, removed R.a int>");
    assert_string_equal(differences(RECORD(""), RECORD(FIELD("c", "\"int\""))), "poison R.c >int");
    assert_string_equal(
        differences(RECORD(FIELD("a", "\"int\"")), RECORD("{\"name\":\"b\",\"type\":\"int\",\"aliases\":[\"a\"]}")),
        "");
    assert_string_equal(differences(RECORD(FIELD("a", "[\"null\",\"int\"]")), RECORD(FIELD("a", "\"int\""))),
                        "partly R.a [null, int]>int");
    assert_string_equal(differences(inner, inner_wanted), "promoted R.list[].a int>long");
}

/* ---- patches ---- */

static const char *
patched(const char *record, const char *patch)
{
    json_t *json = json_loads(record, 0, NULL);
    Err err;
    char *dumped;
    const char *out;

    assert_non_null(json);
    if (!dlq_patch(json, patch, arena, &err)) {
        json_decref(json);
        return arena_printf(arena, "refused: %s", err.msg);
    }
    dumped = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    out = arena_strdup(arena, dumped);
    free(dumped);
    json_decref(json);
    return out;
}

static void
a_patch_changes_one_place(void **state)
{
    (void)state;
    assert_string_equal(patched("{\"a\":1,\"b\":2}", "a=5"), "{\"a\":5,\"b\":2}");
    assert_string_equal(patched("{\"a\":{\"b\":[1,{\"c\":2}]}}", "a.b[1].c=\"x=y\""),
                        "{\"a\":{\"b\":[1,{\"c\":\"x=y\"}]}}");
    assert_string_equal(patched("{\"a\":{\"R\":{\"b\":1,\"c\":2}}}", "a.b=null"),
                        "{\"a\":{\"R\":{\"b\":null,\"c\":2}}}");
    assert_string_equal(patched("{\"a\":[1,2]}", "a[2]=3"), "refused: the record has no a[2]");
    assert_string_equal(patched("{\"a\":1}", "b.c=3"), "refused: the record has no b");
    assert_non_null(strstr(patched("{\"a\":1}", "a"), "write PLACE=JSON"));
    assert_non_null(strstr(patched("{\"a\":1}", "a=soon"), "a text stands in double quotes"));
    assert_non_null(strstr(patched("{\"a\":1}", "a..b=1"), "is no place"));
    assert_non_null(strstr(patched("{\"a\":[1]}", "a[x]=1"), "is no place"));
}

static void
changes_are_told_by_place(void **state)
{
    json_t *before = json_loads("{\"a\":1,\"b\":[1,2],\"c\":{\"d\":\"x\"}}", 0, NULL);
    json_t *after = json_loads("{\"a\":1,\"b\":[1],\"c\":{\"d\":\"y\"},\"e\":null}", 0, NULL);
    const char *text = "";
    DlqChange *items;
    size_t count = dlq_changes(before, after, arena, &items);

    (void)state;
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s:%s>%s ", text, items[i].place, items[i].before ? items[i].before : "",
                            items[i].after ? items[i].after : "");
    assert_string_equal(text, "b[1]:2> c.d:\"x\">\"y\" e:>null ");
    json_decref(before);
    json_decref(after);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(values_become_their_bytes),
        CLAIM(times_may_be_written_as_people_write_them),
        CLAIM(every_refusal_names_its_place),
        CLAIM(a_rendered_record_comes_back_as_it_was),
        CLAIM(each_difference_says_what_becomes_of_it),
        CLAIM(a_patch_changes_one_place),
        CLAIM(changes_are_told_by_place),
    };

    return cmocka_run_group_tests_name("schema_edit", tests, NULL, NULL);
}
