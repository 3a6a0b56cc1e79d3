/*
 * ops/cli/cmd_show.c
 *    Read-only views of dates: picks, features.
 */
#include <stdio.h>
#include "ops/cli/print.h"
#include "workers/features/feature_contract.h"

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
          " to_char(effective_quality_score, 'FM990.0'), worst_category, to_char(worst_category_pct, 'FM990'),"
          " quality_tier, quality_alert_level,"
          " required_default_count::text, default_feature_count::text, to_char(matchup_quality_pct, 'FM990'),"
          " to_char(player_history_quality_pct, 'FM990'), to_char(team_context_quality_pct, 'FM990'),"
          " to_char(vegas_quality_pct, 'FM990'), to_char(game_context_quality_pct, 'FM990'),"
          " case when is_quality_ready then 'yes' else 'no' end from features.ml_feature_store"
          " where game_date = $1 order by player_lookup collate \"C\"";
    static const char *const headers[] = {"player",    "team",       "opponent", "#score",    "#effective",
                                          "worst",     "#worst_pct", "tier",     "alert",     "#required_defaults",
                                          "#defaults", "#matchup",   "#history", "#team_ctx", "#vegas",
                                          "#game_ctx", "ready",      NULL};
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

/* ---- commands ---- */

int
cmd_picks(Cli *cli)
{
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli, cli_take_word(cli), &date) || !cli_no_more(cli, "picks"))
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

    if (!ok || !cli_parse_date(cli, cli_take_word(cli), &date) || !cli_no_more(cli, "features"))
        return 2;
    if (!cli_open(cli, &s, &err)
        || !(player ? show_vector(cli, &s, date, player, &err) : show_quality(cli, &s, date, &err)))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
