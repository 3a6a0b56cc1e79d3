/*
 * ops/cli/quality_bad.c
 *    'tipoff quality bad': how far the matchup's features are to be trusted, and the worst players.
 */
#include <stdio.h>
#include "ops/cli/feature_words.h"
#include "ops/cli/print.h"
#include "ops/cli/quality_reports.h"

enum { WORST_PLAYERS = 20 };

/* Features of the matchup that come from one table. */
static const struct {
    const char *name;
    FeatureUpstream upstream;
} groups[] = {{"composite_factors", UPSTREAM_COMPOSITE}, {"opponent_defense", UPSTREAM_TEAM_ZONE}};

static size_t
features_of(FeatureUpstream upstream, int32_t *sql_indices)
{
    size_t n = 0;

    for (int f = 0; f < FEATURE_COUNT; f++)
        if (feature_contract[f].upstream == upstream)
            sql_indices[n++] = sql_index((FeatureIndex)f);
    return n;
}

static bool
show_groups(const Cli *cli, Session *s, DateRange r, double threshold, Err *err)
{
    static const char sql[]
        = "select round(avg(mean), 1)::text, round(min(mean), 1)::text,"
          " round(100.0 * count(*) filter (where mean = 0) / count(*), 1)::text,"
          " count(*) filter (where lowest < $4)::text, count(distinct player_lookup) filter (where lowest < $4)::text,"
          " count(*)::text from (select f.player_lookup, avg(f.feature_quality[i]) as mean,"
          " min(f.feature_quality[i]) as lowest from features.ml_feature_store f, unnest($3::int[]) i"
          " where f.game_date between $1 and $2 group by f.game_date, f.player_lookup) x";
    enum { READ = 6, COLUMNS = READ + 3 };
    static const char *const headers[COLUMNS + 1] = {
        "group",          "features",          "#mean", "#min",     "#at_zero_pct",
        "#affected_rows", "#affected_players", "#rows", "producer", NULL};
    const TableHead head = {"groups", headers};
    const char *cells[ARRAY_LEN(groups) * COLUMNS];

    for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
        int32_t indices[FEATURE_COUNT];
        size_t count = features_of(groups[g].upstream, indices);
        const DbParam params[] = {db_date(r.from), db_date(r.to), db_i32s(indices, count), db_f64(threshold)};
        const char **row = &cells[g * COLUMNS];
        DbRows *rows;

        if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
            return false;
        row[0] = groups[g].name;
        row[1] = arena_printf(s->a, "%d-%d", indices[0] - 1, indices[count - 1] - 1);
        for (int c = 0; c < READ; c++)
            row[c + 2] = db_get_text(rows, 0, c);
        row[COLUMNS - 1] = feature_upstream_table[groups[g].upstream].processor;
    }
    print_cells(cli, &head, cells, ARRAY_LEN(groups));
    return true;
}

/* The features of the matchup, as columns: for programs quality and source apart, for people together. */
typedef struct {
    const char *headers[24];
    const char *select; /* their expressions */
    size_t count;
} MatchupColumns;

static MatchupColumns
matchup_columns(const Cli *cli, Arena *a)
{
    MatchupColumns m = {.select = ""};

    for (int f = 0; f < FEATURE_COUNT; f++) {
        const char *name = feature_contract[f].name;
        int at = f + 1;

        if (feature_contract[f].category != CATEGORY_CRITICAL)
            continue;
        if (cli->json) {
            m.headers[m.count++] = arena_printf(a, "#%s", name);
            m.headers[m.count++] = arena_printf(a, "%s_source", name);
            m.select = arena_printf(a, "%s, feature_quality[%d]::text, feature_source[%d]", m.select, at, at);
        } else {
            m.headers[m.count++] = name;
            m.select = arena_printf(a, "%s, feature_quality[%d]::text || ' ' || feature_source[%d]", m.select, at, at);
        }
    }
    return m;
}

static bool
show_worst(const Cli *cli, Session *s, DateRange r, Err *err)
{
    static const char *const first[] = {"player", "date", "team", "opponent", "#matchup", "alert"};
    MatchupColumns m = matchup_columns(cli, s->a);
    const char *headers[24];
    const TableHead head = {"worst players", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_i32(WORST_PLAYERS)};
    const char *sql = arena_printf(
        s->a,
        "select player_lookup, game_date::text, team, opponent, round(matchup_quality_pct::numeric, 1)::text,"
        " quality_alert_level%s, worst_category, array_to_string(missing_processors, ' ')"
        " from features.ml_feature_store where game_date between $1 and $2"
        " order by matchup_quality_pct, game_date, player_lookup collate \"C\" limit $3",
        m.select);
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        headers[n++] = first[i];
    for (size_t i = 0; i < m.count; i++)
        headers[n++] = m.headers[i];
    headers[n++] = "worst";
    headers[n++] = "missing_processors";
    headers[n] = NULL;
    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

int
quality_bad(Cli *cli)
{
    bool ok = true;
    const char *threshold_text = cli_take_option(cli, "--threshold", &ok), *dates;
    double threshold = 50.0;
    DateRange r;
    Session s;
    Err err;
    int status = 0;

    if (!ok || !quality_parse_number("--threshold", threshold_text, 0.0, 100.0, &threshold))
        return 2;
    dates = cli_take_word(cli);
    if (!cli_parse_range(cli, dates != NULL ? dates : "today", &r) || !cli_no_more(cli, "quality"))
        return 2;
    print_member(cli, "threshold", json_real(threshold));
    if (!cli_open(cli, &s, &err) || !quality_has_rows(&s, r, &err) || !show_groups(cli, &s, r, threshold, &err)
        || !show_worst(cli, &s, r, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
