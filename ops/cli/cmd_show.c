/*
 * ops/cli/cmd_show.c
 *    Read-only views of dates: picks, features, status.
 */
#include <stdio.h>
#include <string.h>
#include "ops/cli/print.h"
#include "libcore/runtime/pipeline.h"
#include "ops/cli/process.h"
#include "ops/cli/supervisor.h"
#include "workers/features/feature_contract.h"
#include "workers/registry.h"

/* ---- picks ---- */

/* In the order of the public file: what is recommended comes first, each part best first. */
static bool
show_picks(const Cli *cli, Session *s, GameDate date, Err *err)
{
    static const char sql[]
        = "select player_name, team, opponent, to_char(predicted_points, 'FM990.0'), to_char(current_points_line,"
          " 'FM990.0'), case when predicted_points > current_points_line then 'OVER' else 'UNDER' end,"
          " case when recommendation in ('OVER', 'UNDER') then 'yes' else 'no' end,"
          " to_char(abs(line_margin), 'FM990.00'), to_char(confidence_score, 'FM990'), sportsbook,"
          " case when is_actionable then 'yes' else filter_reason end,"
          " case when is_live then 'live' else 'replayed' end from predictions.prediction"
          " join predictions.champion using (system_id) where game_date = $1 and is_active"
          " and predicted_points <> current_points_line order by recommendation in ('OVER', 'UNDER') desc,"
          " round((abs(line_margin) * 10 + confidence_score * 0.5)::numeric, 6) desc, abs(line_margin) desc,"
          " player_lookup collate \"C\"";
    static const char cell[] = "select processor, status, reason from ops.cell where game_date = $1"
                               " and processor in ('predictions', 'publish_picks') order by processor";
    static const char *const headers[] = {"player",     "team",        "opponent", "#predicted",  "#line",
                                          "pick",       "recommended", "#edge",    "#confidence", "book",
                                          "actionable", "made",        NULL};
    static const char *const cell_headers[] = {"cell", "status", "reason", NULL};
    const TableHead head = {"picks", headers}, cells = {"cells", cell_headers};
    const DbParam params[] = {db_date(date)};

    return print_query(cli, s, &head, sql, params, 1, err) && print_query(cli, s, &cells, cell, params, 1, err);
}

/* ---- features ---- */

static bool
show_quality(const Cli *cli, Session *s, GameDate date, Err *err)
{
    static const char sql[]
        = "select player_lookup, team, opponent, to_char(feature_quality_score, 'FM990.0'),"
          " to_char(effective_quality_score, 'FM990.0'), quality_tier, quality_alert_level,"
          " required_default_count::text, default_feature_count::text, to_char(matchup_quality_pct, 'FM990'),"
          " to_char(player_history_quality_pct, 'FM990'), to_char(team_context_quality_pct, 'FM990'),"
          " to_char(vegas_quality_pct, 'FM990'), to_char(game_context_quality_pct, 'FM990'),"
          " case when is_quality_ready then 'yes' else 'no' end from features.ml_feature_store"
          " where game_date = $1 order by player_lookup collate \"C\"";
    static const char *const headers[] = {
        "player",    "team",     "opponent", "#score",    "#effective", "tier",      "alert", "#required_defaults",
        "#defaults", "#matchup", "#history", "#team_ctx", "#vegas",     "#game_ctx", "ready", NULL};
    const TableHead head = {"features", headers, true};
    const DbParam params[] = {db_date(date)};

    return print_query(cli, s, &head, sql, params, 1, err);
}

static bool
show_vector(const Cli *cli, Session *s, GameDate date, const char *player, Err *err)
{
    static const char sql[]
        = "select (n - 1)::text, u.name, round(f.feature_values[n]::numeric, 4)::text, f.feature_source[n],"
          " f.feature_quality[n]::text from features.ml_feature_store f, unnest($3::text[]) with ordinality u(name, n)"
          " where f.game_date = $1 and f.player_lookup = $2 order by n";
    static const char *const headers[] = {"#index", "feature", "#value", "source", "#quality", NULL};
    const TableHead head = {"features", headers, true};
    const char *names[FEATURE_COUNT];
    DbRows *rows;

    for (size_t i = 0; i < FEATURE_COUNT; i++)
        names[i] = feature_contract[i].name;
    {
        const DbParam params[] = {db_date(date), db_text(player), db_texts(names, FEATURE_COUNT)};

        if (!db_exec(s->tx, sql, params, 3, &rows, err))
            return false;
    }
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_POISON, "%s has no feature row on that date; 'tipoff features DATE' lists who has",
                        player);
    print_rows(cli, &head, rows);
    return true;
}

/* ---- status ---- */

static void
show_supervisor(const Cli *cli, const char *run_dir)
{
    int pid = supervisor_pid(run_dir);

    print_member(cli, "run_dir", json_string(run_dir));
    print_member(cli, "supervisor_pid", pid != 0 ? json_integer(pid) : json_null());
    if (!cli->json && pid != 0)
        (void)printf("supervisor %d runs in %s\n", pid, run_dir);
    else if (!cli->json)
        (void)printf("no supervisor runs in %s\n", run_dir);
}

/* The processes of this run folder; workers that run elsewhere show as owners of their groups. */
static void
show_workers(const Cli *cli, Arena *a)
{
    static const char *const headers[] = {"worker", "state", "#pid", NULL};
    const TableHead head = {"workers", headers, false};
    const char *run_dir = config_get(cli->cfg, "run_dir");
    size_t count = 0;
    const char **cells;

    while (all_workers[count] != NULL)
        count++;
    cells = arena_array(a, count * 3 + 1, sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        pid_t pid = pid_file_read(arena_printf(a, "%s/pids/%s.pid", run_dir, all_workers[i]->name));

        cells[i * 3] = all_workers[i]->name;
        cells[i * 3 + 1] = pid != 0 ? "runs" : "down";
        cells[i * 3 + 2] = pid != 0 ? arena_printf(a, "%d", (int)pid) : NULL;
    }
    print_cells(cli, &head, cells, count);
}

static bool
show_status(const Cli *cli, Session *s, GameDate from, GameDate to, Err *err)
{
    static const char dates[]
        = "select game_date::text, count(*) filter (where phase_ok)::text || '/' || count(*)::text,"
          " string_agg(processor || ' ' || status || coalesce(': ' || left(reason, 70), ''), '; ' order by processor)"
          " filter (where not phase_ok) from (select *, status in ('success', 'partial', 'degraded', 'no_data')"
          " and not is_stale phase_ok from ops.cell where (in_scope or unscheduled)"
          " and ($1::date is null or game_date >= $1) and ($2::date is null or game_date <= $2)) c"
          " group by game_date order by game_date";
    static const char sums[]
        = "select processor, count(*)::text, (count(*) filter (where status = 'success'))::text,"
          " (count(*) filter (where status = 'partial'))::text, (count(*) filter (where status = 'degraded'))::text,"
          " (count(*) filter (where status = 'no_data'))::text, (count(*) filter (where status = 'failed'))::text,"
          " (count(*) filter (where status in ('expected', 'waiting')))::text,"
          " coalesce(sum(written), 0)::text from ops.cell where in_scope or unscheduled"
          " group by processor order by min(array_position($1::text[], processor))";
    static const char lag[]
        = "select consumer_group, count(*)::text, max(owner), sum(greatest(o.out - f.next_offset, 0))::text from"
          " ops.consumer_offset f left join lateral (select max(b.\"offset\") + 1 as out from ops.outbox b"
          " where b.topic = f.topic and b.partition = f.partition and b.incarnation = f.incarnation) o on true"
          " where incarnation = (select id from ops.incarnation order by adopted_at desc limit 1)"
          " group by consumer_group order by consumer_group";
    static const char open[]
        = "select (select count(*) from ops.letter where status = 'open')::text, (select count(*) from ops.outbox"
          " where incarnation is null)::text, coalesce((select round(extract(epoch from now() - "
          "min(created_at))::numeric,"
          " 1)::text from ops.outbox where incarnation is null), '0'),"
          " (select count(*) from predictions.request where status = 'requested')::text,"
          " (select count(*) from ops.cell where in_scope and not unscheduled and game_date = $1"
          " and status in ('expected', 'waiting') and deadline < now())::text";
    static const char *const date_headers[] = {"date", "done", "open", NULL};
    static const char *const sum_headers[] = {"processor", "#cells",  "#success", "#partial", "#degraded",
                                              "#no_data",  "#failed", "#open",    "#rows",    NULL};
    static const char *const lag_headers[] = {"group", "#partitions", "owner", "#lag", NULL};
    static const char *const open_headers[] = {"#letters",       "#unsent_events", "#oldest_unsent_s",
                                               "#open_requests", "#overdue_cells", NULL};
    const TableHead date_head = {"dates", date_headers}, sum_head = {"processors", sum_headers},
                    lag_head = {"groups", lag_headers}, open_head = {"open", open_headers};
    const char *names[PROC_COUNT];
    const DbParam range[] = {db_date(from), db_date(to)}, today[] = {db_date(clock_today(cli->clock))};

    for (size_t i = 0; i < PROC_COUNT; i++)
        names[i] = processor_table[i].name;
    {
        const DbParam order[] = {db_texts(names, PROC_COUNT)};

        show_workers(cli, s->a);
        return print_query(cli, s, &date_head, dates, range, 2, err)
               && print_query(cli, s, &sum_head, sums, order, 1, err)
               && print_query(cli, s, &lag_head, lag, NULL, 0, err)
               && print_query(cli, s, &open_head, open, today, 1, err);
    }
}

/* ---- commands ---- */

int
cmd_picks(Cli *cli)
{
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli_take_word(cli), &date) || !cli_no_more(cli, "picks"))
        return 2;
    if (!cli_open(cli, &s, &err) || !show_picks(cli, &s, date, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_features(Cli *cli)
{
    bool ok = true;
    const char *player = cli_take_option(cli, "--player", &ok);
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_parse_date(cli_take_word(cli), &date) || !cli_no_more(cli, "features"))
        return 2;
    if (!cli_open(cli, &s, &err)
        || !(player ? show_vector(cli, &s, date, player, &err) : show_quality(cli, &s, date, &err)))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_status(Cli *cli)
{
    bool ok = true;
    const char *from = cli_take_option(cli, "--from", &ok), *to = cli_take_option(cli, "--to", &ok);
    GameDate first = GAME_DATE_NULL, last = GAME_DATE_NULL;
    const char *run_dir = config_get(cli->cfg, "run_dir");
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "status") || (from && !cli_parse_date(from, &first))
        || (to && !cli_parse_date(to, &last)))
        return 2;
    show_supervisor(cli, run_dir);
    if (!cli_open(cli, &s, &err) || !show_status(cli, &s, first, last, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
