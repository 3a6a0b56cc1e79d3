/*
 * ops/cli/cmd_picks.c
 *    The picks of a date.
 */
#include <stdio.h>
#include "ops/cli/print.h"

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
