/*
 * tests/integration/test_alert_delivery.c
 *    Claims about what people are told: a cause once, however often it is said; again when nobody has seen it; and
 *    when it is over. What cannot be delivered is due later.
 */
#define _GNU_SOURCE /* strcasestr() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <threads.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "libcore/runtime/alert_delivery.h"
#include "tests/support/pg_fixture.h"

enum { REQUEST_MAX = 16384, MINUTE = 60000000 };

/* A receiver of webhooks on a port of its own: counts, keeps the last request, answers with a status. */
typedef struct {
    int listener;
    int port;
    thrd_t thread;
    atomic_int requests, status;
    char last[REQUEST_MAX];
} Receiver;

static Receiver receiver;
static Db *db;
static Arena *arena;
static Instant now;
static AlertRoutes routes;

static size_t
body_length(const char *request)
{
    const char *header = strcasestr(request, "content-length:");

    return header == NULL ? 0 : (size_t)strtoul(header + strlen("content-length:"), NULL, 10);
}

static void
take_request(int conn)
{
    char answer[64];
    size_t len = 0;
    ssize_t n;

    while (len < REQUEST_MAX - 1 && (n = read(conn, receiver.last + len, REQUEST_MAX - 1 - len)) > 0) {
        const char *end;

        len += (size_t)n;
        receiver.last[len] = '\0';
        end = strstr(receiver.last, "\r\n\r\n");
        if (end != NULL && len - (size_t)(end + 4 - receiver.last) >= body_length(receiver.last))
            break;
    }
    receiver.requests++;
    (void)snprintf(answer, sizeof answer, "HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n", (int)receiver.status);
    (void)!write(conn, answer, strlen(answer));
}

static int
serve(void *ctx)
{
    int conn;

    (void)ctx;
    while ((conn = accept(receiver.listener, NULL, NULL)) >= 0) {
        take_request(conn);
        (void)close(conn);
    }
    return 0;
}

static int
start_receiver(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    (void)state;
    receiver.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(receiver.listener, (struct sockaddr *)&address, len) != 0 || listen(receiver.listener, 16) != 0
        || getsockname(receiver.listener, (struct sockaddr *)&address, &len) != 0)
        return -1;
    receiver.port = ntohs(address.sin_port);
    return thrd_create(&receiver.thread, serve, NULL) == thrd_success ? 0 : -1;
}

static int
stop_receiver(void **state)
{
    (void)state;
    (void)shutdown(receiver.listener, SHUT_RDWR);
    (void)thrd_join(receiver.thread, NULL);
    (void)close(receiver.listener);
    return 0;
}

static void
route(const char *fmt)
{
    char text[512];
    Err err = {0};

    (void)snprintf(text, sizeof text, "ops %s http://127.0.0.1:%d/hook %s",
                   strncmp(fmt, "json", 4) == 0 ? "json" : "slack", receiver.port, fmt + strcspn(fmt, " "));
    if (!alert_routes_parse(text, arena, &routes, &err))
        fail_msg("%s", err.msg);
}

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    db = pg_open("test");
    pg_reset(db);
    receiver.requests = 0;
    receiver.status = 200;
    receiver.last[0] = '\0';
    now = (Instant){INT64_C(1732100000000000)};
    route("slack");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    db_close(db);
    arena_free(arena);
    return 0;
}

static void
in_tx(bool ok, DbTx **tx, const Err *err)
{
    Err commit_err = {0};

    if (!ok)
        fail_msg("%s", err->msg);
    if (!db_commit(tx, &commit_err))
        fail_msg("%s", commit_err.msg);
}

static void
raise_alert(const char *kind, AlertSeverity severity)
{
    const CellKey cell = {{20047}, PROC_FEATURE_STORE};
    const Alert alert = {kind, severity, NULL, "it said \"no\""};
    DbTx *tx;
    Err err = {0};

    assert_true(db_begin(db, &tx, &err));
    in_tx(alert_raise(tx, cell, &alert, now, arena, &err), &tx, &err);
}

/* Rounds until nothing is due any more. */
static void
deliver(void)
{
    AlertRound round = {.has_more = true};
    Err err = {0};

    for (int i = 0; round.has_more; i++) {
        DbTx *tx;

        assert_true(i < 100);
        assert_true(db_begin(db, &tx, &err));
        in_tx(alert_delivery_round(tx, &routes, 30 * INT64_C(60000000), now, arena, &round, &err), &tx, &err);
    }
}

static void
later(int minutes)
{
    now.us += minutes * (int64_t)MINUTE;
    deliver();
}

static void
resolve(const char *kind)
{
    const CellKey cell = {{20047}, PROC_FEATURE_STORE};
    DbTx *tx;
    Err err = {0};

    assert_true(db_begin(db, &tx, &err));
    in_tx(alerts_resolve(tx, cell, kind, now, &err), &tx, &err);
}

static void
a_thousand_failures_of_one_cause_are_one_message(void **state)
{
    enum { FAILURES = 1000 };

    (void)state;
    for (int i = 0; i < FAILURES; i++) {
        raise_alert("cell_failed", ALERT_CRITICAL);
        if (i % 100 == 0)
            deliver();
    }
    deliver();
    assert_int_equal(receiver.requests, 1);
    assert_int_equal(pg_number(db, "select count from ops.alert"), FAILURES);
    assert_non_null(
        strstr(receiver.last, "{\"text\" : \"CRITICAL cell_failed feature_store 2024-11-20: it said \\\"no\\\"\"}"));
}

static void
what_nobody_has_seen_is_said_once_more_and_its_end_is_said(void **state)
{
    (void)state;
    raise_alert("cell_failed", ALERT_CRITICAL);
    deliver();
    later(29);
    assert_int_equal(receiver.requests, 1);
    later(1);
    assert_int_equal(receiver.requests, 2);
    assert_non_null(strstr(receiver.last, "NOBODY HAS SEEN"));
    later(60);
    assert_int_equal(receiver.requests, 2);
    resolve("cell_failed");
    deliver();
    assert_int_equal(receiver.requests, 3);
    assert_non_null(strstr(receiver.last, "over: cell_failed"));
    later(60);
    assert_int_equal(receiver.requests, 3);
    raise_alert("cell_failed", ALERT_CRITICAL); /* anew: another alert */
    deliver();
    assert_int_equal(receiver.requests, 4);
}

static void
what_somebody_has_seen_is_not_said_again(void **state)
{
    int64_t id;
    bool found = false;
    DbTx *tx;
    Err err = {0};

    (void)state;
    raise_alert("cell_failed", ALERT_CRITICAL);
    deliver();
    id = pg_number(db, "select id from ops.alert");
    assert_true(db_begin(db, &tx, &err));
    in_tx(alert_ack(tx, id, "ann@ops1", "on it", now, &found, &err), &tx, &err);
    assert_true(found);
    later(120);
    assert_int_equal(receiver.requests, 1);
    raise_alert("cell_failed", ALERT_CRITICAL);
    deliver();
    assert_int_equal(receiver.requests, 1);
}

static void
what_is_refused_is_due_later_and_later(void **state)
{
    (void)state;
    receiver.status = 503;
    raise_alert("cell_failed", ALERT_CRITICAL);
    deliver();
    deliver();
    assert_int_equal(receiver.requests, 1);
    assert_int_equal(pg_number(db, "select extract(epoch from due_at)::bigint from ops.alert_message"),
                     now.us / 1000000 + 5);
    later(1);
    assert_int_equal(receiver.requests, 2);
    assert_int_equal(pg_number(db, "select extract(epoch from due_at)::bigint from ops.alert_message"),
                     now.us / 1000000 + 10);
    receiver.status = 204;
    later(1);
    assert_int_equal(receiver.requests, 3);
    assert_int_equal(pg_number(db, "select count(*) from ops.alert_message where sent_at is null"), 0);
}

static void
what_was_over_before_anybody_was_told_is_not_said(void **state)
{
    (void)state;
    receiver.status = 500;
    raise_alert("cell_failed", ALERT_CRITICAL);
    deliver();
    resolve("cell_failed");
    receiver.status = 200;
    later(10);
    assert_int_equal(receiver.requests, 1);
    assert_int_equal(pg_number(db, "select count(*) from ops.alert_message where dropped_at is not null"), 1);
}

static void
a_sink_is_told_what_is_routed_to_it(void **state)
{
    (void)state;
    route("json warning letter");
    raise_alert("letter", ALERT_INFO);
    raise_alert("gate_held", ALERT_CRITICAL);
    deliver();
    assert_int_equal(receiver.requests, 0);
    raise_alert("letter", ALERT_WARNING);
    deliver();
    assert_int_equal(receiver.requests, 1);
    assert_non_null(strstr(receiver.last, "\"kind\" : \"letter\""));
    assert_non_null(strcasestr(receiver.last, "idempotency-key: tipoff-alert-1-ops-open"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thousand_failures_of_one_cause_are_one_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_nobody_has_seen_is_said_once_more_and_its_end_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_somebody_has_seen_is_not_said_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_refused_is_due_later_and_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_over_before_anybody_was_told_is_not_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sink_is_told_what_is_routed_to_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, start_receiver, stop_receiver);
}
