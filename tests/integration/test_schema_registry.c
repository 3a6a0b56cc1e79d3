/*
 * tests/integration/test_schema_registry.c
 *    The client of a schema registry against one that speaks HTTP (tests/support/registry.py): what is
 *    asked, what is kept, and which failures may be tried again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "libcore/io/codec.h"

#define SCRIPT TIPOFF_SOURCE_ROOT "/tests/support/registry.py"

static struct {
    pid_t pid;
    char url[64];
    Arena *a;
    SchemaRegistry *r;
} world;

/* ---- the registry's process ---- */

static int
start_registry(void **state)
{
    char port[16] = "";
    int out[2];
    FILE *f;

    (void)state;
    assert_int_equal(pipe(out), 0);
    world.pid = fork();
    assert_true(world.pid >= 0);
    if (world.pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)execlp("python3", "python3", SCRIPT, "0", (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    f = fdopen(out[0], "r");
    assert_non_null(f);
    assert_non_null(fgets(port, sizeof port, f));
    (void)fclose(f);
    port[strcspn(port, "\n")] = '\0';
    (void)snprintf(world.url, sizeof world.url, "http://user:secret@127.0.0.1:%s/", port);
    return 0;
}

static int
stop_registry(void **state)
{
    (void)state;
    (void)kill(world.pid, SIGTERM);
    (void)waitpid(world.pid, NULL, 0);
    return 0;
}

static int
open_client(void **state)
{
    Err err;

    (void)state;
    world.a = arena_new(0);
    if (!schema_registry_open(world.url, &world.r, &err))
        fail_msg("%s", err.msg);
    return 0;
}

static int
close_client(void **state)
{
    (void)state;
    schema_registry_close(world.r);
    arena_free(world.a);
    return 0;
}

static size_t
take(char *data, size_t size, size_t count, void *ctx)
{
    buf_put(ctx, data, size * count);
    return count;
}

/* How many requests the registry has had. */
static long
asked(void)
{
    CURL *curl = curl_easy_init();
    Buf answer = {0};
    long n;

    assert_int_equal(curl_easy_setopt(curl, CURLOPT_URL, arena_printf(world.a, "%sasked", world.url)), CURLE_OK);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take), CURLE_OK);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer), CURLE_OK);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    n = strtol(buf_cstr(&answer), NULL, 10);
    buf_free(&answer);
    curl_easy_cleanup(curl);
    return n;
}

/* ---- messages ---- */

static Bytes
a_message(void)
{
    const PredictProgress p = {.event_id = "e", .game_date = {20022}, .batch_id = "b", .closed = 128};

    return predict_progress_message(&p, world.a);
}

static Bytes
framed_for(const char *topic)
{
    Bytes out;
    Err err;

    if (!schema_registry_frame(world.r, topic, a_message(), world.a, &out, &err))
        fail_msg("%s", err.msg);
    return out;
}

static uint32_t
id_of(Bytes msg)
{
    uint32_t id;
    Bytes body;

    assert_true(registry_unframe(msg, &id, &body));
    return id;
}

static Bytes
with_id(uint32_t id, const char *body)
{
    return bytes_of(arena_printf(world.a, "%c%c%c%c%c%s", 0, 0, 0, (int)(id >> 8), (int)(id & 0xff), body),
                    REGISTRY_FRAME_LEN + strlen(body));
}

static void
assert_resolve_fails(Codec *c, Bytes msg, ErrClass cls, const char *words)
{
    Bytes out;
    Err err = {0};

    assert_false(codec_resolve(c, NULL, msg, world.a, &out, &err));
    assert_int_equal(err.cls, cls);
    if (strstr(err.msg, words) == NULL)
        fail_msg("wanted: %s; got: %s", words, err.msg);
    assert_null(strstr(err.msg, "secret"));
}

/* ---- claims ---- */

static void
a_message_is_framed_with_the_id_that_the_registry_gives(void **state)
{
    Bytes msg = a_message(), out = framed_for("predict.progress");
    uint32_t id;
    Bytes body;

    (void)state;
    assert_true(registry_unframe(out, &id, &body));
    assert_in_range(id, 1, 900);
    assert_int_equal(out.data[0], 0);
    assert_int_equal(body.len, msg.len - EVENT_FRAME_LEN);
    assert_memory_equal(body.data, msg.data + EVENT_FRAME_LEN, body.len);
}

static void
a_topic_and_schema_are_registered_once(void **state)
{
    long before = asked();
    uint32_t id = id_of(framed_for("some.topic"));

    (void)state;
    assert_int_equal(asked(), before + 1);
    assert_int_equal(id_of(framed_for("some.topic")), id);
    assert_int_equal(asked(), before + 1);
    assert_int_equal(id_of(framed_for("other topic/with odd name")), id);
    assert_int_equal(asked(), before + 2);
}

static void
what_is_no_event_of_ours_goes_out_as_it_is(void **state)
{
    const Bytes junk = bytes_of("junk junk junk", 14);
    Bytes out;
    Err err;

    (void)state;
    assert_true(schema_registry_frame(world.r, "t", junk, world.a, &out, &err));
    assert_ptr_equal(out.data, junk.data);
}

static void
both_framings_are_read_and_ids_are_asked_for_once(void **state)
{
    Codec *c = codec_new(world.r);
    Bytes msg = a_message(), framed = framed_for("predict.progress"), out;
    long before = asked();
    Err err;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(codec_resolve(c, NULL, framed, world.a, &out, &err));
        assert_int_equal(out.len, msg.len);
        assert_memory_equal(out.data, msg.data, msg.len);
        assert_true(codec_resolve(c, NULL, msg, world.a, &out, &err));
        assert_ptr_equal(out.data, msg.data);
    }
    assert_int_equal(asked(), before + 1);
    codec_free(c);
}

static void
what_the_registry_does_not_have_is_poison(void **state)
{
    Codec *c = codec_new(world.r);

    (void)state;
    assert_resolve_fails(c, with_id(800, "x"), ERR_POISON, "has no schema 800");
    assert_resolve_fails(c, with_id(901, "x"), ERR_POISON, "is of type PROTOBUF");
    assert_resolve_fails(c, with_id(902, "x"), ERR_POISON, "refers to others");
    assert_resolve_fails(c, with_id(904, "x"), ERR_POISON, "a record without a name");
    codec_free(c);
}

static void
trouble_of_the_registry_can_be_tried_again(void **state)
{
    Codec *c = codec_new(world.r);
    Bytes out;
    Err err = {0};

    (void)state;
    assert_resolve_fails(c, with_id(903, "x"), ERR_TRANSIENT, "status 503: away");
    assert_resolve_fails(c, with_id(905, "x"), ERR_TRANSIENT, "an answer without a schema");
    assert_false(schema_registry_frame(world.r, "broken", a_message(), world.a, &out, &err));
    assert_int_equal(err.cls, ERR_TRANSIENT);
    codec_free(c);
}

static void
a_registry_that_is_away_can_be_tried_again(void **state)
{
    SchemaRegistry *away;
    Bytes out;
    Codec *c;
    Err err = {0};

    (void)state;
    assert_true(schema_registry_open("http://user:secret@127.0.0.1:1", &away, &err)); /* nobody listens there */
    c = codec_new(away);
    assert_resolve_fails(c, with_id(1, "x"), ERR_TRANSIENT, "schema registry http://127.0.0.1:1");
    assert_false(schema_registry_frame(away, "t", a_message(), world.a, &out, &err));
    assert_int_equal(err.cls, ERR_TRANSIENT);
    codec_free(c);
    schema_registry_close(away);
}

static void
a_registry_that_refuses_our_schema_is_the_operators_matter(void **state)
{
    Bytes out;
    Err err = {0};

    (void)state;
    assert_false(schema_registry_frame(world.r, "refused", a_message(), world.a, &out, &err));
    assert_int_equal(err.cls, ERR_CONFIG);
    assert_non_null(strstr(err.msg, "status 409: Schema being registered is incompatible"));
}

static void
what_is_no_url_is_refused(void **state)
{
    static const char *const bad[] = {"registry:8081 ", "ftp://registry", "http://", "http://[", "file:///etc/passwd"};
    SchemaRegistry *r;
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(schema_registry_open(bad[i], &r, &err));
        assert_int_equal(err.cls, ERR_CONFIG);
    }
    assert_true(schema_registry_open("", &r, &err));
    assert_null(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_is_framed_with_the_id_that_the_registry_gives, open_client,
                                        close_client),
        cmocka_unit_test_setup_teardown(a_topic_and_schema_are_registered_once, open_client, close_client),
        cmocka_unit_test_setup_teardown(what_is_no_event_of_ours_goes_out_as_it_is, open_client, close_client),
        cmocka_unit_test_setup_teardown(both_framings_are_read_and_ids_are_asked_for_once, open_client, close_client),
        cmocka_unit_test_setup_teardown(what_the_registry_does_not_have_is_poison, open_client, close_client),
        cmocka_unit_test_setup_teardown(trouble_of_the_registry_can_be_tried_again, open_client, close_client),
        cmocka_unit_test_setup_teardown(a_registry_that_is_away_can_be_tried_again, open_client, close_client),
        cmocka_unit_test_setup_teardown(a_registry_that_refuses_our_schema_is_the_operators_matter, open_client,
                                        close_client),
        cmocka_unit_test(what_is_no_url_is_refused),
    };

    return cmocka_run_group_tests(tests, start_registry, stop_registry);
}
