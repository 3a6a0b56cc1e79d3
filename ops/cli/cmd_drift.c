/*
 * ops/cli/cmd_drift.c
 *    drift: which build and configuration each worker process works with, beside this binary's and the
 *    repository's commit.
 */
#include <stdio.h>
#include <string.h>
#include "ops/cli/check_list.h"
#include "ops/cli/process.h"

static void
check_repository(CheckList *l, const Cli *cli, Arena *a)
{
    static const char *const argv[] = {"git", "-C", TIPOFF_SOURCE_ROOT, "rev-parse", "--short=12", "HEAD", NULL};
    Buf out = {0};
    Err err;

    if (!process_run(argv, &out, &err))
        check_add(l, CHECK_UNKNOWN, "repository", arena_strdup(a, err.msg));
    else if (strcmp(buf_cstr(&out), cli->build) == 0)
        check_add(l, CHECK_OK, "repository", arena_printf(a, "at %s, as this binary", cli->build));
    else
        check_add(l, CHECK_BAD, "repository",
                  arena_printf(a, "at %s, and this binary is of %s: build it", buf_cstr(&out), cli->build));
    buf_free(&out);
}

static bool
check_processes(CheckList *l, const Cli *cli, Session *s, Err *err)
{
    static const char sql[] = "select p.owner, p.build, p.config_hash from ops.worker_process p where exists (select 1"
                              " from pg_stat_activity a where a.application_name = p.owner) order by 1";
    DbRows *rows;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows) && l->count < CHECKS_MAX; r++) {
        const char *build = db_get_text(rows, r, 1), *config = db_get_text(rows, r, 2);
        const char *name = arena_strdup(s->a, db_get_text(rows, r, 0));

        if (strcmp(build, cli->build) != 0)
            check_add(l, CHECK_BAD, name,
                      arena_printf(s->a, "build %s, config %s; this binary is %s: tipoff down, tipoff up", build,
                                   config, cli->build));
        else
            check_add(l, CHECK_OK, name, arena_printf(s->a, "build %s, config %s", build, config));
    }
    return true;
}

int
cmd_drift(Cli *cli)
{
    CheckList list = {.count = 0};
    char hash[CONFIG_HASH_LEN];
    Session s;
    Err err;
    int status;

    if (!cli_no_more(cli, "drift"))
        return 2;
    if (!cli_open(cli, &s, &err)) {
        status = cli_fail(&err);
        cli_close(&s);
        return status;
    }
    check_add(&list, CHECK_OK, "this binary",
              arena_printf(s.a, "build %s, config %s", cli->build, config_hash(cli->cfg, hash)));
    check_repository(&list, cli, s.a);
    status = check_processes(&list, cli, &s, &err) ? check_print(cli, &list, s.a) : cli_fail(&err);
    cli_close(&s);
    return status;
}
