/*
 * libcore/io/bus_conf.c
 *    Common settings; librdkafka's own log goes through ours.
 */
#include "libcore/io/bus_conf.h"
#include <stdlib.h>
#include "libcore/base/log.h"

static void
on_log(const rd_kafka_t *rk, int level, const char *fac, const char *buf)
{
    (void)rk;
    /* Broker connections come and go, and the client mends them by itself. */
    log_line(level <= 3 ? LVL_WARN : LVL_DEBUG, "librdkafka", "fac=%s text=\"%s\"", fac, buf);
}

static void
set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char errstr[256];

    if (rd_kafka_conf_set(conf, name, value, errstr, sizeof errstr) != RD_KAFKA_CONF_OK) {
        log_line(LVL_ERROR, "kafka option", "name=%s error=\"%s\"", name, errstr);
        abort();
    }
}

rd_kafka_conf_t *
bus_conf_new(const char *brokers, const char *client_id, const BusOption *options, size_t count)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    set(conf, "bootstrap.servers", brokers);
    set(conf, "client.id", client_id);
    set(conf, "log.connection.close", "false");
    set(conf, "reconnect.backoff.ms", "50");
    set(conf, "reconnect.backoff.max.ms", "1000");
    set(conf, "allow.auto.create.topics", "false");
    set(conf, "broker.address.family", "v4");
    rd_kafka_conf_set_log_cb(conf, on_log);
    for (size_t i = 0; i < count; i++)
        set(conf, options[i].name, options[i].value);
    return conf;
}
