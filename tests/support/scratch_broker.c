/*
 * tests/support/scratch_broker.c
 *    librdkafka's mock cluster. A named topic that was not added would come into being with 4
 *    partitions, so nothing here names one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "tests/support/scratch_broker.h"

struct ScratchBroker {
    rd_kafka_t *host;
    rd_kafka_mock_cluster_t *cluster;
};

ScratchBroker *
scratch_broker_new(void)
{
    ScratchBroker *b = calloc(1, sizeof *b);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char errstr[256];

    assert_non_null(b);
    assert_int_equal(rd_kafka_conf_set(conf, "log_level", "3", errstr, sizeof errstr), RD_KAFKA_CONF_OK);
    b->host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    assert_non_null(b->host);
    b->cluster = rd_kafka_mock_cluster_new(b->host, 1);
    assert_non_null(b->cluster);
    return b;
}

void
scratch_broker_free(ScratchBroker *b)
{
    if (b == NULL)
        return;
    rd_kafka_mock_cluster_destroy(b->cluster);
    rd_kafka_destroy(b->host);
    free(b);
}

const char *
scratch_broker_address(const ScratchBroker *b)
{
    return rd_kafka_mock_cluster_bootstraps(b->cluster);
}

void
scratch_broker_add_topic(ScratchBroker *b, const char *name, int partitions)
{
    assert_int_equal(rd_kafka_mock_topic_create(b->cluster, name, partitions, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
}
