/*
 * ops/cli/cmd_breaker.c
 *    breaker: which prediction systems are left alone because they fail, and how to close that by hand.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "ops/cli/print.h"
#include "workers/predictions/breaker_store.h"

static const char **
system_names(Arena *a)
{
    const char **names = arena_array(a, PREDICTION_SYSTEM_COUNT, sizeof *names);

    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        names[i] = prediction_systems[i].id;
    return names;
}

/* A system that has never failed has no row. */
static bool
list(const Cli *cli, Session *s, Err *err)
{
    static const char systems[]
        = "select u.id, coalesce(b.state, 'closed'), coalesce(b.failures, 0)::text,"
          " to_char(b.last_failure_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), b.last_failure,"
          " case when b.state = 'open' then to_char(b.opened_at at time zone 'UTC' + $2 * interval '1 minute',"
          " 'YYYY-MM-DD HH24:MI') end from unnest($1::text[]) with ordinality u(id, place)"
          " left join predictions.circuit_breaker b on b.system_id = u.id order by u.place";
    static const char resets[] = "select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), by, system_id, reason"
                                 " from predictions.circuit_breaker_reset order by id desc limit 20";
    static const char *const system_headers[] = {"system", "breaker",     "#failures", "last failure",
                                                 "cause",  "tried again", NULL};
    static const char *const reset_headers[] = {"at", "by", "system", "reason", NULL};
    const TableHead system_head = {"breakers", system_headers, true}, reset_head = {"resets", reset_headers};
    const DbParam params[] = {db_texts(system_names(s->a), PREDICTION_SYSTEM_COUNT), db_i32(BREAKER_OPEN_MINUTES)};

    return print_query(cli, s, &system_head, systems, params, ARRAY_LEN(params), err)
           && print_query(cli, s, &reset_head, resets, NULL, 0, err);
}

static int
run_list(Cli *cli)
{
    Session s;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "breaker"))
        return 2;
    if (!cli_open(cli, &s, &err) || !list(cli, &s, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static bool
reset(const Cli *cli, Session *s, const char *system, const char *reason, Err *err)
{
    bool was_there;

    if (!breaker_reset(s->tx, system, audit_actor(s->a), reason, clock_now(cli->clock), &was_there, err))
        return false;
    if (!was_there)
        return ERR_FAIL(err, ERR_POISON, "%s has never failed: there is nothing to reset", system);
    if (!audit_note(s->tx, "breaker reset", system, reason, NULL, err) || !db_commit(&s->tx, err))
        return false;
    print_member(cli, "system_id", json_string(system));
    print_member(cli, "breaker", json_string("closed"));
    if (!cli->json)
        (void)printf("%s is tried again from the next request on; what was predicted without it stays\n", system);
    return true;
}

static int
run_reset(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *system = cli_take_word(cli);
    Arena *a = arena_new(0);
    Session s;
    Err err;
    int status = 0;

    if (!ok || system == NULL || reason == NULL || !cli_no_more(cli, "breaker")) {
        status = cli_usage("breaker");
    } else if (prediction_system_by_id(system) == NULL) {
        status = cli_unknown("system", system, system_names(a), PREDICTION_SYSTEM_COUNT);
    } else {
        if (!cli_open(cli, &s, &err) || !reset(cli, &s, system, reason, &err))
            status = cli_fail(&err);
        cli_close(&s);
    }
    arena_free(a);
    return status;
}

int
cmd_breaker(Cli *cli)
{
    const char *verb = cli_take_word(cli);

    if (verb != NULL && strcmp(verb, "list") == 0)
        return run_list(cli);
    if (verb != NULL && strcmp(verb, "reset") == 0)
        return run_reset(cli);
    return cli_usage("breaker");
}
