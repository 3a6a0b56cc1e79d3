/*
 * ops/cli/cmd_runs.c
 *    runs: who ran when, for how long, by which build, and how it ended.
 */
#include "ops/cli/print.h"
#include "ops/cli/processor_words.h"

static bool
print_runs(const Cli *cli, Session *s, DateRange range, const ProcessorSet *of, bool only_failed, Err *err)
{
    static const char sql[]
        = "select id::text, game_date::text, processor, status, version::text, coalesce(written, 0) || '/' ||"
          " coalesce(expected, 0), lane, to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
          " round(extract(epoch from finished_at - started_at) * 1000)::bigint::text, run_id, build, config_hash, "
          "reason"
          " from ops.run where game_date between $1 and $2 and processor = any ($3) and (not $4 or status = 'failed')"
          " order by id";
    static const char *const headers[] = {"#run",     "date", "processor", "status", "#version", "rows",   "lane",
                                          "finished", "#ms",  "process",   "build",  "config",   "reason", NULL};
    const TableHead head = {"runs", headers, true};
    const char *names[PROC_COUNT];
    const DbParam params[] = {db_date(range.from), db_date(range.to), db_texts(names, processors_names(of, names)),
                              db_bool(only_failed)};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

int
cmd_runs(Cli *cli)
{
    bool ok = true;
    const bool only_failed = cli_take_switch(cli, "--failed");
    const char *of = cli_take_option(cli, "--of", &ok);
    ProcessorSet set = processors_all();
    DateRange range;
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_parse_range(cli, cli_take_word(cli), &range) || !cli_no_more(cli, "runs")
        || (of != NULL && !processors_of_word(of, &set)))
        return 2;
    if (!cli_open(cli, &s, &err) || !print_runs(cli, &s, range, &set, only_failed, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
