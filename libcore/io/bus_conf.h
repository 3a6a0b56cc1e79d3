/*
 * libcore/io/bus_conf.h
 *    What every librdkafka handle of ours has in common. Private to the bus modules.
 */
#ifndef TIPOFF_IO_BUS_CONF_H
#define TIPOFF_IO_BUS_CONF_H

#include <librdkafka/rdkafka.h>
#include <stddef.h>

typedef struct {
    const char *name, *value;
} BusOption;

/* Brokers, client id, log level and the options given. An unknown option is a bug and aborts. */
rd_kafka_conf_t *bus_conf_new(const char *brokers, const char *client_id, const BusOption *options, size_t count);

#endif
