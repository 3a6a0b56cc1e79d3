/*
 * ops/cli/check_list.c
 *    Gather checks, and those that more than one command makes.
 */
#include "ops/cli/check_list.h"
#include <stdlib.h>
#include "libcore/io/migrate.h"
#include "libcore/runtime/start_checks.h"
#include "ops/cli/print.h"
#include "workers/registry.h"

void
check_add(CheckList *l, CheckState state, const char *what, const char *found)
{
    if (l->count == CHECKS_MAX)
        abort(); /* as many as the code has */
    l->what[l->count] = what;
    l->found[l->count] = found;
    l->state[l->count++] = state;
    l->bad += state == CHECK_BAD;
}

void
check_add_result(CheckList *l, bool ok, const Err *err, const char *what, const char *fine, Arena *a)
{
    check_add(l, ok ? CHECK_OK : CHECK_BAD, what, ok ? fine : arena_strdup(a, err->msg));
}

int
check_print(const Cli *cli, const CheckList *l, Arena *a)
{
    static const char *const states[] = {"ok", "bad", "unknown"};
    static const char *const headers[] = {"check", "state", "found", NULL};
    const TableHead head = {"checks", headers, true};
    const char **cells = arena_array(a, l->count * 3 + 1, sizeof *cells);

    for (size_t i = 0; i < l->count; i++) {
        cells[i * 3] = l->what[i];
        cells[i * 3 + 1] = states[l->state[i]];
        cells[i * 3 + 2] = l->found[i];
    }
    print_cells(cli, &head, cells, l->count);
    print_count(cli, "bad", l->bad);
    if (l->bad > 0)
        print_document(cli);
    return l->bad > 0 ? 1 : 0;
}

void
check_migrations(CheckList *l, Session *s)
{
    const char *first;
    size_t pending;
    Err err;

    if (!migrate_pending(s->tx, TIPOFF_SOURCE_ROOT "/schemas/sql", s->a, &pending, &first, &err))
        check_add(l, CHECK_BAD, "migrations", arena_strdup(s->a, err.msg));
    else if (pending > 0)
        check_add(l, CHECK_BAD, "migrations",
                  arena_printf(s->a, "%zu are missing or another one, %s first: tipoff migrate", pending, first));
    else
        check_add(l, CHECK_OK, "migrations", "all of this build's are applied");
}

void
check_tables_of_all(CheckList *l, Session *s)
{
    Err err = {0};
    bool ok = true;

    db_rollback(&s->tx);
    for (size_t i = 0; ok && all_workers[i] != NULL; i++)
        ok = check_tables(s->db, all_workers[i], &err);
    check_add_result(l, ok, &err, "tables", "every column that workers read or write is there", s->a);
}

void
check_topics_of_all(CheckList *l, const Cli *cli, Arena *a)
{
    Err err = {0};
    bool ok = true;

    for (size_t i = 0; ok && all_workers[i] != NULL; i++)
        ok = check_topics(config_get(cli->cfg, "kafka.brokers"), all_workers[i], &err);
    check_add_result(l, ok, &err, "topics", "every topic that workers read or write is there", a);
}
