/*
 * ops/cli/cmd_export.c
 *    Write the public files to a target, or hold a target against its manifest.
 */
#include <stdio.h>
#include <string.h>
#include "ops/cli/print.h"
#include "workers/publish/export.h"

typedef struct {
    const char *dir;      /* NULL: the deployment's own folder */
    const char *endpoint; /* NULL: as the target's name or the environment says */
} Where;

static bool
open_target(const Cli *cli, const Where *where, Target **out, Err *err)
{
    *out = NULL;
    return cli_settle_public_dir(cli, err)
           && target_open(where->dir != NULL ? where->dir : config_get(cli->cfg, "public_dir"), where->endpoint, out,
                          err);
}

static void
show_report(const Cli *cli, const Target *target, const ExportReport *r)
{
    print_member(cli, "target", json_string(target_name(target)));
    print_count(cli, "files", r->files);
    print_count(cli, "written", r->written);
    print_count(cli, "removed", r->removed);
    print_count(cli, "stale", r->stale);
    if (!cli->json)
        (void)printf("%zu files in %s: %zu written, %zu unchanged, %zu removed, %zu stale\n", r->files,
                     target_name(target), r->written, r->files - r->written, r->removed, r->stale);
}

static bool
run_export(const Cli *cli, const Where *where, GameDate only, Err *err)
{
    ExportOptions options = {.now = clock_now(cli->clock),
                             .today = clock_today(cli->clock),
                             .build = cli->build,
                             .only = only,
                             .is_own = where->dir == NULL
                                       || strcmp(where->dir, config_get(cli->cfg, "public_dir")) == 0};
    ExportReport report;
    Target *target = NULL;
    Session s;
    bool ok = cli_open(cli, &s, err) && open_target(cli, where, &target, err)
              && export_run(s.tx, &options, target, s.a, &report, err) && db_commit(&s.tx, err);

    if (ok)
        show_report(cli, target, &report);
    target_close(target);
    cli_close(&s);
    return ok;
}

/* *status: 1 when something is wrong with the target. */
static bool
run_check(const Cli *cli, const Where *where, int *status, Err *err)
{
    Arena *a = arena_new(0);
    Target *target = NULL;
    ExportCheck check;
    bool ok = open_target(cli, where, &target, err) && export_check(target, a, &check, err);

    if (ok) {
        print_member(cli, "target", json_string(target_name(target)));
        print_count(cli, "files", check.files);
        print_count(cli, "bytes", check.bytes);
        print_count(cli, "faults", check.fault_count);
        for (size_t i = 0; i < check.fault_count; i++)
            (void)fprintf(stderr, "%s\n", check.faults[i]);
        if (!cli->json)
            (void)printf("%zu files of %zu bytes in %s, %zu faults\n", check.files, check.bytes, target_name(target),
                         check.fault_count);
        *status = check.fault_count > 0;
    }
    target_close(target);
    arena_free(a);
    return ok;
}

int
cmd_export(Cli *cli)
{
    bool options_ok = true;
    const Where where = {cli_take_option(cli, "--dir", &options_ok), cli_take_option(cli, "--endpoint", &options_ok)};
    const char *word = cli_take_word(cli);
    const bool is_check = word != NULL && strcmp(word, "check") == 0;
    GameDate only = GAME_DATE_NULL;
    Err err;
    int status = 0;

    if (!options_ok || (word != NULL && !is_check && !cli_parse_date(cli, word, &only)) || !cli_no_more(cli, "export"))
        return 2;
    if (is_check ? !run_check(cli, &where, &status, &err) : !run_export(cli, &where, only, &err))
        status = cli_fail(&err);
    return status;
}
