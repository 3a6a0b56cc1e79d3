/*
 * ops/cli/cmd_broker.c
 *    The embedded broker as a process of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/io/mock_broker.h"
#include "libcore/runtime/start_checks.h"
#include "ops/cli/cli.h"

int
cmd_broker(Cli *cli)
{
    const char *brokers = config_get(cli->cfg, "kafka.brokers");
    const char *colon = strrchr(brokers, ':');
    bool ok = true;
    const char *option = cli_take_option(cli, "--port", &ok);
    const char *text = option ? option : colon ? colon + 1 : "0";
    Arena *a = arena_new(0);
    size_t count, n = 0;
    const BusTopic *topics = all_broker_topics(a, &count);
    MockTopic *list = arena_array(a, count + 1, sizeof *list);
    Signals *signals;
    Err err = {0};
    char *end;
    long port = strtol(text, &end, 10);
    int status = 0;

    if (!ok || !cli_no_more(cli, "broker"))
        return 2;
    if (*end != '\0' || port < 0 || port > 65535) {
        (void)fprintf(stderr, "tipoff: '%s' is no port\n", text);
        return 2;
    }
    for (size_t i = 0; i < count; i++)
        if (strcmp(topics[i].name, BUS_META_TOPIC) != 0) /* the broker makes that one itself */
            list[n++] = (MockTopic){topics[i].name, topics[i].partitions};
    signals = signals_new(&err);
    if (signals == NULL || !mock_broker_run((int)port, list, n, config_get(cli->cfg, "run_dir"), signals, &err))
        status = cli_fail(&err);
    signals_free(signals);
    arena_free(a);
    return status;
}
