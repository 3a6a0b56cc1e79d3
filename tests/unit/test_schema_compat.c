/*
 * tests/unit/test_schema_compat.c
 *    No change of a schema strands a consumer: every schema of schemas/avro is held against its
 *    recorded versions, by the plans with which records are read in earnest.
 *
 * A schema must be able to read all its recorded versions, whose records lie in logs, letters and
 * tables. Each version must be able to read the next one, since consumers of the former build run on
 * while producers of the new one start.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/io/schema_plan.h"

#define FOLDER "schemas/avro"
enum { MAX_VERSIONS = 256 };

/* ---- the check ---- */

typedef struct {
    const char *name; /* in the file's name, or for a message */
    json_t *json;     /* without docs */
    const SchemaType *type;
} Version;

static json_t *
without_doc(json_t *json)
{
    void *next;

    for (size_t i = 0; i < json_array_size(json); i++)
        (void)without_doc(json_array_get(json, i));
    for (void *at = json_object_iter(json); at != NULL; at = next) {
        next = json_object_iter_next(json, at);
        (void)without_doc(json_object_iter_value(at));
    }
    (void)json_object_del(json, "doc");
    return json;
}

static Version
version_of(const char *name, const char *text, size_t len, Arena *a)
{
    Version v = {.name = name, .json = without_doc(json_loadb(text, len, 0, NULL))};
    Err err;

    if (!schema_parse(bytes_of(text, len), a, &v.type, &err))
        fail_msg("%s: %s", name, err.msg);
    return v;
}

/* NULL when the reader takes every record of the writer's. */
static const char *
cannot_read(const Version *reader, const Version *writer, Arena *a)
{
    const SchemaPlan *plan;
    Err err;

    if (!schema_plan_build(writer->type, reader->type, a, &plan, &err))
        return arena_printf(a, "%s cannot read %s: %s", reader->name, writer->name, err.msg);
    if (schema_plan_gap(plan) != NULL)
        return arena_printf(a, "%s cannot read all of %s: %s", reader->name, writer->name, schema_plan_gap(plan));
    return NULL;
}

/* NULL, or why the current schema must not be deployed as it stands. */
static const char *
refusal(const Version *versions, size_t count, const Version *current, Arena *a)
{
    const char *why;

    if (count == 0 || !json_equal(versions[count - 1].json, current->json))
        return arena_printf(a, "%s differs from its last recorded version: run 'python3 schemas/gen_avro.py record'",
                            current->name);
    for (size_t i = 0; i < count; i++) {
        why = cannot_read(current, &versions[i], a);
        if (why == NULL && i + 1 < count)
            why = cannot_read(&versions[i], &versions[i + 1], a);
        if (why != NULL)
            return why;
    }
    return NULL;
}

/* ---- the schemas of this build ---- */

static const char *
read_text(const char *path, size_t *len, Arena *a)
{
    FILE *f = fopen(path, "rb");
    char *text = arena_alloc(a, 65536);

    if (f == NULL)
        fail_msg("cannot open %s", path);
    *len = fread(text, 1, 65535, f);
    (void)fclose(f);
    return text;
}

static int
is_schema(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 5 && strcmp(e->d_name + len - 5, ".avsc") == 0;
}

static Version
version_at(const char *folder, const char *file, Arena *a)
{
    size_t len;
    const char *text = read_text(arena_printf(a, "%s/%s", folder, file), &len, a);

    return version_of(arena_strdup(a, file), text, len, a);
}

/* A recorded version stands as it was: its file is named by its fingerprint. */
static void
assert_untouched(const Version *v)
{
    char want[17];

    (void)snprintf(want, sizeof want, "%016" PRIx64, schema_fingerprint(v->type));
    if (strncmp(v->name + 5, want, 16) != 0)
        fail_msg("%s was changed after it was recorded: its fingerprint is %s", v->name, want);
}

static size_t
recorded(const char *stem, Version out[MAX_VERSIONS], Arena *a)
{
    const char *folder = arena_printf(a, FOLDER "/history/%s", stem);
    struct dirent **list;
    int count = scandir(folder, &list, is_schema, alphasort);

    for (int i = 0; i < count; i++) {
        assert_in_range(i, 0, MAX_VERSIONS - 1);
        out[i] = version_at(folder, list[i]->d_name, a);
        assert_untouched(&out[i]);
        free(list[i]);
    }
    if (count >= 0)
        free(list);
    return count < 0 ? 0 : (size_t)count;
}

static void
drop(Version *versions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_decref(versions[i].json);
}

static void
every_schema_is_recorded_and_strands_nobody(void **state)
{
    Arena *a = arena_new(0);
    struct dirent **list;
    int count = scandir(FOLDER, &list, is_schema, alphasort);

    (void)state;
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        const char *file = list[i]->d_name;
        Version versions[MAX_VERSIONS], current = version_at(FOLDER, file, a);
        size_t n = recorded(arena_strndup(a, file, strlen(file) - 5), versions, a);
        const char *why = refusal(versions, n, &current, a);

        if (why != NULL)
            fail_msg(FOLDER "/%s: %s", file, why);
        drop(versions, n);
        drop(&current, 1);
        free(list[i]);
    }
    free(list);
    arena_free(a);
}

/* ---- changes ---- */

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define ID "{\"name\":\"id\",\"type\":\"string\"}"
#define COUNT(type) ",{\"name\":\"count\",\"type\":" type "}"
#define COUNT_OR(type, otherwise) ",{\"name\":\"count\",\"type\":" type ",\"default\":" otherwise "}"
#define STATE(symbols, more)                                                                                           \
    ",{\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"State\",\"symbols\":[" symbols "]" more "}}"
#define ROWS(name, fields)                                                                                             \
    ",{\"name\":\"rows\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"" name                 \
    "\",\"fields\":[" fields "]}}}"
#define TIME(logical) "{\"type\":\"long\",\"logicalType\":\"" logical "\"}"

/* The second is recorded after the first; the third, where there is one, after that. refusal NULL: it
 * may be deployed. */
static const struct {
    const char *change, *versions[3], *refusal;
} changes[] = {
    {"nothing", {RECORD(ID), RECORD(ID)}, NULL},
    {"a field more, with a default", {RECORD(ID), RECORD(ID COUNT_OR("\"int\"", "0"))}, NULL},
    {"a field more, without a default",
     {RECORD(ID), RECORD(ID COUNT("\"int\""))},
     "v2 cannot read v1: R.count: the writer lacks this field, and the reader's int has no default"},
    {"a field less, which had a default", {RECORD(ID COUNT_OR("\"int\"", "0")), RECORD(ID)}, NULL},
    {"a field less, without a default",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID)},
     "v1 cannot read v2: R.count: the writer lacks this field, and the reader's int has no default"},
    {"a field that gets a default and then goes",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID COUNT_OR("\"int\"", "0")), RECORD(ID)},
     NULL},
    {"a field's new name",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID ",{\"name\":\"number\",\"type\":\"int\"}")},
     "v2 cannot read v1: R.number: the writer lacks this field"},
    {"a field's new name, with the old one as alias",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID ",{\"name\":\"number\",\"type\":\"int\",\"aliases\":[\"count\"]}")},
     "v1 cannot read v2: R.count: the writer lacks this field"},
    {"another order", {RECORD(ID COUNT("\"int\"")), RECORD("{\"name\":\"count\",\"type\":\"int\"}," ID)}, NULL},
    {"another type",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID COUNT("\"string\""))},
     "v2 cannot read v1: R.count: the writer has int, the reader wants string"},
    {"a wider type, which consumers that run cannot read",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID COUNT("\"long\""))},
     "v1 cannot read v2: R.count: the writer has long, the reader wants int"},
    {"a narrower type",
     {RECORD(ID COUNT("\"long\"")), RECORD(ID COUNT("\"int\""))},
     "v2 cannot read v1: R.count: the writer has long, the reader wants int"},
    {"a field that may become null",
     {RECORD(ID COUNT("\"int\"")), RECORD(ID COUNT("[\"null\",\"int\"]"))},
     "v1 cannot read all of v2: R.count: the writer has null here, the reader wants int"},
    {"a field that may be null no more",
     {RECORD(ID COUNT("[\"null\",\"int\"]")), RECORD(ID COUNT("\"int\""))},
     "v2 cannot read all of v1: R.count: the writer has null here, the reader wants int"},
    {"a symbol less",
     {RECORD(ID STATE("\"A\",\"B\"", "")), RECORD(ID STATE("\"A\"", ""))},
     "v2 cannot read all of v1: R.state: the reader's enum State has neither the symbol B nor a default"},
    {"a symbol less, with a default",
     {RECORD(ID STATE("\"A\",\"B\"", "")), RECORD(ID STATE("\"A\"", ",\"default\":\"A\""))},
     NULL},
    {"a symbol more, which consumers that run do not know",
     {RECORD(ID STATE("\"A\"", "")), RECORD(ID STATE("\"A\",\"B\"", ""))},
     "v1 cannot read all of v2: R.state: the reader's enum State has neither the symbol B nor a default"},
    {"a symbol more, where consumers have a default",
     {RECORD(ID STATE("\"A\"", ",\"default\":\"A\"")), RECORD(ID STATE("\"A\",\"B\"", ",\"default\":\"A\""))},
     NULL},
    {"a nested field more, without a default",
     {RECORD(ID ROWS("Row", ID)), RECORD(ID ROWS("Row", ID COUNT("\"int\"")))},
     "v2 cannot read v1: R.rows[].count: the writer lacks this field"},
    {"a nested record's new name",
     {RECORD(ID ROWS("Row", ID)), RECORD(ID ROWS("Line", ID))},
     "v2 cannot read v1: R.rows[]: the writer has record Row, the reader wants record Line"},
    {"another unit, which changes no fingerprint",
     {RECORD(ID COUNT(TIME("timestamp-millis"))), RECORD(ID COUNT(TIME("timestamp-micros")))},
     "v2 cannot read v1: R.count: the writer has long (timestamp-millis), the reader wants long (timestamp-micros)"},
    {"a unit where there was none",
     {RECORD(ID COUNT("\"long\"")), RECORD(ID COUNT(TIME("timestamp-micros")))},
     "v2 cannot read all of v1: R.count: the writer has long, the reader long (timestamp-micros)"},
};

static void
a_change_that_would_strand_a_consumer_is_refused(void **state)
{
    static const char *const names[] = {"v1", "v2", "v3"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        Arena *a = arena_new(0);
        Version versions[3];
        const char *why;
        size_t n = 0;

        for (; n < 3 && changes[i].versions[n] != NULL; n++)
            versions[n] = version_of(names[n], changes[i].versions[n], strlen(changes[i].versions[n]), a);
        why = refusal(versions, n, &versions[n - 1], a);
        if (changes[i].refusal == NULL && why != NULL)
            fail_msg("%s: %s", changes[i].change, why);
        if (changes[i].refusal != NULL
            && (why == NULL || strncmp(why, changes[i].refusal, strlen(changes[i].refusal)) != 0))
            fail_msg("%s: wanted: %s; got: %s", changes[i].change, changes[i].refusal, why ? why : "nothing");
        drop(versions, n);
        arena_free(a);
    }
}

static void
a_change_that_is_not_recorded_is_refused(void **state)
{
    Arena *a = arena_new(0);
    const char *before = RECORD(ID), *after = RECORD(ID COUNT_OR("\"int\"", "0"));
    const char *documented = "{\"type\":\"record\",\"name\":\"R\",\"doc\":\"x\",\"fields\":[" ID "]}";
    Version old = version_of("v1", before, strlen(before), a), new = version_of("R", after, strlen(after), a);
    Version same = version_of("R", documented, strlen(documented), a);

    (void)state;
    assert_string_equal(refusal(&old, 1, &new, a),
                        "R differs from its last recorded version: run 'python3 schemas/gen_avro.py record'");
    assert_non_null(refusal(&old, 0, &old, a));
    assert_null(refusal(&old, 1, &same, a));
    drop(&old, 1);
    drop(&new, 1);
    drop(&same, 1);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_schema_is_recorded_and_strands_nobody),
        cmocka_unit_test(a_change_that_would_strand_a_consumer_is_refused),
        cmocka_unit_test(a_change_that_is_not_recorded_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
