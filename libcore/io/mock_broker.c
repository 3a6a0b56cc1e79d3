/*
 * libcore/io/mock_broker.c
 *    Create the mock cluster, its topics and its incarnation, and wait.
 */
#define _DEFAULT_SOURCE /* syscall(2) */
#include "libcore/io/mock_broker.h"
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "libcore/base/log.h"

static const char META_TOPIC[] = "tipoff.meta";

/* The port that the next bind() to "any port" gets; 0 leaves bind() alone. The mock cluster has no
 * setting for its port, so the call that it makes is the only place to choose one. */
static _Atomic int wanted_port;

__attribute__((visibility("default"))) int
bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    struct sockaddr_in in;
    int port = atomic_load(&wanted_port);
    int on = 1;

    if (port == 0 || addr->sa_family != AF_INET || len < sizeof in)
        return (int)syscall(SYS_bind, fd, addr, len);
    memcpy(&in, addr, sizeof in);
    if (in.sin_port != 0)
        return (int)syscall(SYS_bind, fd, addr, len);
    in.sin_port = htons((uint16_t)port);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* or a restart waits for TIME_WAIT */
    return (int)syscall(SYS_bind, fd, (const struct sockaddr *)&in, (socklen_t)sizeof in);
}

/* While it is shut no client gets in: a client that asks for a topic before we have made it would make
 * it itself, with another number of partitions. Clients of a broker that died ask at once. */
static _Atomic bool door_is_shut;

__attribute__((visibility("default"))) int
accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    if (!atomic_load(&door_is_shut))
        return (int)syscall(SYS_accept4, fd, addr, len, 0);
    (void)nanosleep(&pause, NULL); /* who knocks stays in the backlog, and the caller asks again */
    errno = EAGAIN;
    return -1;
}

static void
on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    if (!atomic_load(&door_is_shut)) /* until then it complains about nothing but accept() */
        log_line(level <= 3 ? LVL_WARN : LVL_DEBUG, "librdkafka", "fac=%s text=%s", facility, text);
}

static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *msg, void *opaque)
{
    rd_kafka_resp_err_t *result = opaque;

    (void)rk;
    *result = msg->err;
}

/* The mock cluster aborts the process when its port is taken, so that is found out before. */
static bool
check_port(int port, Err *err)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1, fd;
    bool ok;

    if (port < 0 || port > 65535)
        return ERR_FAIL(err, ERR_CONFIG, "%d is no port", port);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "no socket: errno %d", errno);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ok = (bind(fd, (const struct sockaddr *)&in, sizeof in) == 0 && listen(fd, 1) == 0)
         || ERR_FAIL(err, ERR_CONFIG, "the embedded broker cannot listen on port %d: errno %d; is one running?", port,
                     errno);
    (void)close(fd);
    return ok;
}

/* A producer that holds the mock cluster; NULL on failure. */
static rd_kafka_t *
start_cluster(int port, rd_kafka_resp_err_t *delivery, Err *err)
{
    static const char *const settings[][2] = {{"test.mock.num.brokers", "1"}, {"log_level", "3"}};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512] = "";
    rd_kafka_t *rk;

    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof why) != RD_KAFKA_CONF_OK) {
            (void)ERR_FAIL(err, ERR_CONFIG, "librdkafka has no mock cluster: %s", why);
            rd_kafka_conf_destroy(conf);
            return NULL;
        }
    }
    rd_kafka_conf_set_opaque(conf, delivery);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    atomic_store(&wanted_port, port);
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    atomic_store(&wanted_port, 0);
    if (rk == NULL) {
        (void)ERR_FAIL(err, ERR_FATAL, "the embedded broker did not start: %s", why);
        rd_kafka_conf_destroy(conf);
    }
    return rk;
}

static bool
create_topic(rd_kafka_mock_cluster_t *cluster, const char *name, int partitions, Err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(cluster, name, partitions, 1);

    return code == RD_KAFKA_RESP_ERR_NO_ERROR
           || ERR_FAIL(err, ERR_CONFIG, "topic %s: %s", name, rd_kafka_err2str(code));
}

static bool
create_topics(rd_kafka_mock_cluster_t *cluster, const MockTopic *topics, size_t count, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!create_topic(cluster, topics[i].name, topics[i].partitions, err))
            return false;
    }
    return create_topic(cluster, META_TOPIC, 1, err);
}

/* 128 random bits in hex. */
static bool
random_id(char out[33], Err *err)
{
    unsigned char raw[16];

    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw)
        return ERR_FAIL(err, ERR_FATAL, "no random numbers: errno %d", errno);
    for (size_t i = 0; i < sizeof raw; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", raw[i]);
    return true;
}

static bool
announce_incarnation(rd_kafka_t *rk, const rd_kafka_resp_err_t *delivery, Err *err)
{
    char id[33], value[96];
    char key[] = "incarnation";
    rd_kafka_resp_err_t code;
    int len;

    if (!random_id(id, err))
        return false;
    len = snprintf(value, sizeof value, "{\"kind\":\"embedded\",\"id\":\"%s\"}", id);
    code = rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(META_TOPIC), RD_KAFKA_V_PARTITION(0),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, sizeof key - 1),
                             RD_KAFKA_V_VALUE(value, (size_t)len), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = rd_kafka_flush(rk, 10 * 1000);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = *delivery;
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
           || ERR_FAIL(err, ERR_FATAL, "the embedded broker did not take its incarnation: %s", rd_kafka_err2str(code));
}

static bool
address_path(char path[PATH_MAX], const char *run_dir, Err *err)
{
    return snprintf(path, PATH_MAX, "%s/broker.addr", run_dir) < PATH_MAX
           || ERR_FAIL(err, ERR_CONFIG, "the run folder's path is too long");
}

/* Whoever reads the file sees a whole address or none. */
static bool
write_address(const char *path, const char *address, Err *err)
{
    char draft[PATH_MAX + 8];
    FILE *f;
    bool ok;

    (void)snprintf(draft, sizeof draft, "%s.new", path);
    f = fopen(draft, "we");
    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: errno %d", draft, errno);
    ok = fprintf(f, "%s\n", address) > 0;
    ok = fclose(f) == 0 && ok;
    return (ok && rename(draft, path) == 0) || ERR_FAIL(err, ERR_CONFIG, "cannot write %s: errno %d", path, errno);
}

static bool
serve(const rd_kafka_mock_cluster_t *cluster, const char *path, size_t topic_count, Signals *signals, Err *err)
{
    const char *address = rd_kafka_mock_cluster_bootstraps(cluster);

    if (!write_address(path, address, err))
        return false;
    log_line(LVL_INFO, "embedded broker ready", "address=%s topics=%zu", address, topic_count + 1);
    while (signals_wait(signals, -1) == STOP_RUN)
        continue;
    (void)unlink(path);
    return true;
}

bool
mock_broker_run(int port, const MockTopic *topics, size_t count, const char *run_dir, Signals *signals, Err *err)
{
    rd_kafka_resp_err_t delivery = RD_KAFKA_RESP_ERR__IN_PROGRESS;
    char path[PATH_MAX];
    rd_kafka_t *rk;
    bool ok;

    if (!address_path(path, run_dir, err) || !check_port(port, err))
        return false;
    atomic_store(&door_is_shut, true);
    rk = start_cluster(port, &delivery, err);
    if (rk == NULL)
        return false;
    ok = create_topics(rd_kafka_handle_mock_cluster(rk), topics, count, err);
    atomic_store(&door_is_shut, false);
    ok = ok && announce_incarnation(rk, &delivery, err)
         && serve(rd_kafka_handle_mock_cluster(rk), path, count, signals, err);
    rd_kafka_destroy(rk);
    return ok;
}
