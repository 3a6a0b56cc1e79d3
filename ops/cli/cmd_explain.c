/*
 * ops/cli/cmd_explain.c
 *    A player's features on a date: each value, where it is from, and why it is as it is.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/cell.h"
#include "ops/cli/explain_read.h"
#include "ops/cli/feature_words.h"
#include "ops/cli/players.h"
#include "ops/cli/print.h"
#include "ops/cli/row_values.h"
#include "workers/publish/json_out.h"

enum { INDENT = 6 };

typedef struct {
    const Cli *cli;
    Session *s;
    const ExplainFacts *facts;
    ExplainLine *lines; /* of every feature */
    Buf text;           /* for people */
} Page;

/* ---- for people: one feature ---- */

static const char *
value_text(const ExplainLine *l, Arena *a)
{
    return f64_is_null(l->value) ? "-" : arena_printf(a, "%.6g", l->value);
}

/* "player_composite_factors: fatigue_score 100; upcoming_context: days_rest 2, ..." */
static void
put_inputs(Page *p, const ExplainLine *l)
{
    const char *last = NULL;

    if (l->input_count == 0)
        return;
    buf_printf(&p->text, "%*sfrom ", INDENT, "");
    for (size_t i = 0; i < l->input_count; i++) {
        const ExplainInput *in = &l->inputs[i];
        bool is_same = last != NULL && strcmp(last, in->processor) == 0;

        if (is_same && in->row == NULL)
            continue;
        buf_printf(&p->text, "%s", last == NULL ? "" : is_same ? ", " : "; ");
        if (!is_same)
            buf_printf(&p->text, "%s: ", in->processor);
        if (in->row == NULL)
            buf_printf(&p->text, "no row");
        else
            buf_printf(&p->text, "%s %s", in->column, explain_value(in->row, in->desc, p->s->a));
        last = in->processor;
    }
    buf_put_u8(&p->text, '\n');
}

static void
put_windows(Page *p, const ExplainLine *l)
{
    bool is_first = true;

    for (size_t i = 0; i < l->window_count; i++) {
        const ExplainWindow *w = &l->windows[i];

        if (i32_is_null(w->used) || i32_is_null(w->expected))
            continue;
        if (is_first)
            buf_printf(&p->text, "%*sgames ", INDENT, "");
        buf_printf(&p->text, "%s%s %d of %d", is_first ? "" : ", ", w->name, w->used, w->expected);
        is_first = false;
        for (size_t m = 0; m < w->missing_count; m++)
            buf_printf(&p->text, "%s%s", m == 0 ? " without " : " ", w->missing[m]);
    }
    if (!is_first)
        buf_put_u8(&p->text, '\n');
}

/* The columns of the games that a feature reads, newest game first. */
static void
put_games(Page *p, const ExplainLine *l)
{
    const FeatureInput *in = &feature_inputs[l->feature];

    if (in->games == GAMES_TEAM) {
        buf_printf(&p->text, "%*sfrom game_summaries: %s won %d of %d\n", INDENT, "", p->facts->row->team,
                   p->facts->team_wins, p->facts->team_games);
        return;
    }
    for (int i = 0; l->game_count > 0 && i < FEATURE_COLUMNS_MAX && in->columns[i].name != NULL; i++) {
        const Column *c = row_column(&player_game_table, in->columns[i].name);

        if (in->columns[i].upstream != UPSTREAM_SUMMARY)
            continue;
        buf_printf(&p->text, "%*sfrom game_summaries: %s, newest first,", INDENT, "", in->columns[i].name);
        for (size_t g = 0; g < l->game_count; g++)
            buf_printf(&p->text, " %s", explain_value(l->games[g], c, p->s->a));
        buf_put_u8(&p->text, '\n');
    }
}

static void
put_line(Page *p, const ExplainLine *l)
{
    const FeatureSpec *spec = &feature_contract[l->feature];

    buf_printf(&p->text, "%4d  %-26s %10s  %-22s %3d  %s", (int)l->feature, spec->name, value_text(l, p->s->a),
               l->source, l->quality, spec->is_required ? "required" : "optional");
    if (!i32_is_null(l->sample_size))
        buf_printf(&p->text, ", %d games", l->sample_size);
    buf_put_u8(&p->text, '\n');
    if (l->why != NULL)
        buf_printf(&p->text, "%*swhy: %s\n", INDENT, "", l->why);
    put_inputs(p, l);
    put_games(p, l);
    put_windows(p, l);
}

/* ---- for people: the page ---- */

/* Why nothing was made of it, as far as is known. */
static bool
put_no_prediction(Page *p, Err *err)
{
    static const char sql[] = "select status || coalesce(': ' || reason, '') from predictions.request"
                              " where game_date = $1 and player_lookup = $2";
    const DbParam params[] = {db_date(p->facts->row->game_date), db_text(p->facts->row->player_lookup)};
    const char *why = NULL;
    DbRows *rows;

    if (!db_exec(p->s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_row_count(rows) > 0)
        why = db_get_text(rows, 0, 0);
    print_member(p->cli, "prediction", json_null());
    print_member(p->cli, "no_prediction", json_text(why));
    buf_printf(&p->text, "no prediction was made of it%s%s\n", why ? ": " : "", why ? why : "");
    return true;
}

/* What was made of the row, when something was. */
static bool
put_prediction(Page *p, Err *err)
{
    static const char sql[]
        = "select round(p.predicted_points::numeric, 1)::text, p.current_points_line::text, p.recommendation,"
          " p.filter_reason, a.actual_points::text, a.void_reason from predictions.prediction p"
          " join predictions.champion using (system_id) left join predictions.prediction_accuracy a"
          " using (game_date, player_lookup, system_id) where p.game_date = $1 and p.player_lookup = $2 and "
          "p.is_active";
    const FeatureRow *row = p->facts->row;
    const DbParam params[] = {db_date(row->game_date), db_text(row->player_lookup)};
    static const char *const names[] = {"predicted",     "line",   "recommendation",
                                        "filter_reason", "actual", "void_reason"};
    json_t *o;
    DbRows *rows;

    if (!db_exec(p->s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return put_no_prediction(p, err);
    o = json_object();
    for (int c = 0; c < (int)ARRAY_LEN(names); c++)
        json_put(o, names[c], json_text(db_get_text(rows, 0, c)));
    print_member(p->cli, "prediction", o);
    buf_printf(&p->text, "predicted %s", db_get_text(rows, 0, 0));
    if (!db_is_null(rows, 0, 1))
        buf_printf(&p->text, ", line %s", db_get_text(rows, 0, 1));
    buf_printf(&p->text, ", %s", db_get_text(rows, 0, 2));
    if (!db_is_null(rows, 0, 3))
        buf_printf(&p->text, " (%s)", db_get_text(rows, 0, 3));
    if (!db_is_null(rows, 0, 4))
        buf_printf(&p->text, "; he scored %s", db_get_text(rows, 0, 4));
    else if (!db_is_null(rows, 0, 5))
        buf_printf(&p->text, "; void: %s", db_get_text(rows, 0, 5));
    buf_put_u8(&p->text, '\n');
    return true;
}

static void
put_head(Page *p)
{
    const FeatureRow *r = p->facts->row;
    char day[DATE_TEXT_LEN];

    buf_printf(&p->text, "%s (%s), %s %s %s on %s, game %s\n", r->player_name, r->player_lookup, r->team,
               r->is_home == BOOL_TRUE ? "against" : "at", r->opponent, date_format(r->game_date, day), r->game_id);
    buf_printf(&p->text, "score %.1f, of what could be known %.1f: %s, %s, %s; %d required values missing\n",
               r->feature_quality_score, r->effective_quality_score, r->quality_tier, r->quality_alert_level,
               r->is_quality_ready == BOOL_TRUE ? "ready" : "not ready", r->required_default_count);
    buf_printf(&p->text, "worst category %s at %.1f\n", r->worst_category, r->worst_category_pct);
}

/* Is it something to be mended, rather than a feed that nobody wanted or a game that was never played? */
static bool
is_fault(const ExplainLine *l)
{
    FeatureSource s;

    if (l->why == NULL)
        return false;
    return !feature_source_parse(l->source, &s)
           || (feature_source_table[s].counts_in_effective_mean && feature_contract[l->feature].is_required);
}

/* Features that are as they are for one reason, each with its source. */
static void
put_sufferers(Page *p, int first, bool *is_said)
{
    const ExplainLine *cause = &p->lines[first];

    buf_printf(&p->text, "  %s\n%*s", cause->why, INDENT, "");
    for (int f = first; f < FEATURE_COUNT; f++) {
        const ExplainLine *l = &p->lines[f];

        if (!is_fault(l) || strcmp(l->why, cause->why) != 0)
            continue;
        is_said[f] = true;
        buf_printf(&p->text, "%s%s (%s)", f == first ? "" : ", ", feature_contract[f].name, l->source);
    }
    buf_put_u8(&p->text, '\n');
}

/* The first and the last of some games, by their ids, which begin with the date. */
static void
widen(const char *const *ids, size_t count, const char **first, const char **last)
{
    for (size_t i = 0; i < count; i++) {
        if (*first == NULL || strcmp(ids[i], *first) < 0)
            *first = ids[i];
        if (*last == NULL || strcmp(ids[i], *last) > 0)
            *last = ids[i];
    }
}

/* What can be done about games that nobody knows of, and about cells that have not ended well. */
static void
put_remedies(Page *p)
{
    const ExplainFacts *facts = p->facts;
    const TeamZone *opponent = facts->upstream[UPSTREAM_TEAM_ZONE];
    const char *first = NULL, *last = NULL;
    char day[DATE_TEXT_LEN];
    CellStatus status;

    widen(facts->holes, facts->hole_count, &first, &last);
    widen(facts->team_holes, facts->team_hole_count, &first, &last);
    if (opponent != NULL)
        widen(opponent->missing_game_ids.items, (size_t)opponent->missing_game_ids.count, &first, &last);
    if (first != NULL)
        buf_printf(&p->text,
                   "  when the box scores are there: tipoff collect --data DIR --from %.4s-%.2s-%.2s --to"
                   " %.4s-%.2s-%.2s\n",
                   first, first + 4, first + 6, last, last + 4, last + 6);
    for (int u = 0; u < UPSTREAM_COUNT; u++) {
        if (facts->cells[u].status == NULL || !cell_status_parse(facts->cells[u].status, &status)
            || (cell_status_is_terminal(status) && status != CELL_FAILED))
            continue;
        buf_printf(&p->text, "  %s is %s: tipoff why %s\n", feature_upstream_table[u].processor, facts->cells[u].status,
                   date_format(facts->row->game_date, day));
    }
}

/* Those of which there is no value first: they keep him from a prediction. */
static void
put_faults(Page *p)
{
    bool is_said[FEATURE_COUNT] = {false};
    bool is_whole = true;

    for (int round = 0; round < 2; round++) {
        for (int f = 0; f < FEATURE_COUNT; f++) {
            if (is_said[f] || !is_fault(&p->lines[f]) || (round == 0 && !f64_is_null(p->lines[f].value)))
                continue;
            if (is_whole)
                buf_printf(&p->text, "\nwhat is wrong\n");
            is_whole = false;
            put_sufferers(p, f, is_said);
        }
    }
    if (is_whole)
        buf_printf(&p->text, "\nnothing that is required is wrong\n");
    else
        put_remedies(p);
}

/* The processors behind the row: their cells, and whether they have a row of him. */
static void
show_cells(Page *p)
{
    enum { COLUMNS = 7 };
    static const char *const headers[COLUMNS + 1] = {"upstream", "row",      "#version", "#version_now",
                                                     "hash",     "finished", "status",   NULL};
    const TableHead head = {"read from", headers};
    const char *cells[UPSTREAM_COUNT * COLUMNS];
    size_t n = 0;

    for (int u = 0; u < UPSTREAM_COUNT; u++) {
        const ExplainCell *c = &p->facts->cells[u];
        const char **row = &cells[n * COLUMNS];
        Arena *a = p->s->a;

        if (feature_upstream_table[u].processor == NULL)
            continue;
        row[0] = feature_upstream_table[u].processor;
        row[1] = u == UPSTREAM_SUMMARY           ? arena_printf(a, "%d earlier dates", c->dates)
                 : p->facts->upstream[u] == NULL ? "none"
                                                 : "yes";
        row[2] = c->version > 0 ? arena_printf(a, "%d", c->version) : NULL;
        row[3] = c->version_now > 0 ? arena_printf(a, "%d", c->version_now) : NULL;
        row[4] = c->hash;
        row[5] = c->finished_at;
        row[6] = c->status == NULL || c->reason == NULL ? c->status : arena_printf(a, "%s: %s", c->status, c->reason);
        n++;
    }
    print_cells(p->cli, &head, cells, n);
}

/* What is on record as keeping him from a full row. */
static bool
show_gaps(const Page *p, Err *err)
{
    static const char sql[]
        = "select reason, subject, reason_detail, to_char(detected_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
          " from features.feature_store_gaps where game_date = $1 and player_lookup = $2 and resolved_at is null"
          " order by reason, subject";
    static const char *const headers[] = {"gap", "subject", "detail", "detected", NULL};
    const TableHead head = {"gaps", headers};
    const DbParam params[] = {db_date(p->facts->row->game_date), db_text(p->facts->row->player_lookup)};

    return print_query(p->cli, p->s, &head, sql, params, ARRAY_LEN(params), err);
}

static double
category_pct(const FeatureRow *r, FeatureCategory c)
{
    const double pct[CATEGORY_COUNT] = {
        [CATEGORY_MATCHUP] = r->matchup_quality_pct,
        [CATEGORY_PLAYER_HISTORY] = r->player_history_quality_pct,
        [CATEGORY_TEAM_CONTEXT] = r->team_context_quality_pct,
        [CATEGORY_VEGAS] = r->vegas_quality_pct,
        [CATEGORY_GAME_CONTEXT] = r->game_context_quality_pct,
    };

    return pct[c];
}

static void
put_category(Page *p, FeatureCategory c)
{
    buf_printf(&p->text, "\n%s %.1f\n", feature_category_names[c], category_pct(p->facts->row, c));
    for (int f = 0; f < FEATURE_COUNT; f++)
        if (feature_contract[f].category == c)
            put_line(p, &p->lines[f]);
}

static void
flush(Page *p)
{
    if (!p->cli->json)
        (void)fputs(buf_cstr(&p->text), stdout);
    buf_clear(&p->text);
}

/* ---- for programs ---- */

static json_t *
inputs_json(const ExplainLine *l)
{
    json_t *list = json_array();

    for (size_t i = 0; i < l->input_count; i++) {
        const ExplainInput *in = &l->inputs[i];
        json_t *o = json_object();

        json_put(o, "processor", json_text(in->processor));
        json_put(o, "column", json_text(in->column));
        json_put(o, "has_row", json_boolean(in->row != NULL));
        json_put(o, "value", in->row == NULL ? json_null() : row_json(in->row, in->desc));
        json_push(list, o);
    }
    return list;
}

static json_t *
windows_json(const ExplainLine *l)
{
    json_t *list = json_array();

    for (size_t i = 0; i < l->window_count; i++) {
        const ExplainWindow *w = &l->windows[i];
        json_t *o = json_object(), *missing = json_array();

        for (size_t m = 0; m < w->missing_count; m++)
            json_push(missing, json_text(w->missing[m]));
        json_put(o, "processor", json_text(w->processor));
        json_put(o, "window", json_text(w->name));
        json_put(o, "used", json_int(w->used));
        json_put(o, "expected", json_int(w->expected));
        json_put(o, "missing_game_ids", missing);
        json_push(list, o);
    }
    return list;
}

/* Each game with the columns that the feature reads. */
static json_t *
games_json(const ExplainLine *l)
{
    const FeatureInput *in = &feature_inputs[l->feature];
    json_t *list = json_array();

    for (size_t g = 0; g < l->game_count; g++) {
        json_t *o = json_object();

        json_put(o, "game_id", json_text(l->games[g]->game_id));
        for (int i = 0; i < FEATURE_COLUMNS_MAX && in->columns[i].name != NULL; i++)
            if (in->columns[i].upstream == UPSTREAM_SUMMARY)
                json_put(o, in->columns[i].name,
                         row_json(l->games[g], row_column(&player_game_table, in->columns[i].name)));
        json_push(list, o);
    }
    return list;
}

static json_t *
line_json(const ExplainLine *l)
{
    const FeatureSpec *spec = &feature_contract[l->feature];
    json_t *o = json_object();

    json_put(o, "index", json_integer((json_int_t)l->feature));
    json_put(o, "feature", json_text(spec->name));
    json_put(o, "category", json_text(feature_category_names[spec->category]));
    json_put(o, "required", json_boolean(spec->is_required));
    json_put(o, "value", number_json(l->value));
    json_put(o, "source", json_text(l->source));
    json_put(o, "quality", json_int(l->quality));
    json_put(o, "sample_size", json_int(l->sample_size));
    json_put(o, "producer", json_text(feature_producer(l->feature)));
    json_put(o, "inputs", inputs_json(l));
    json_put(o, "games", games_json(l));
    json_put(o, "windows", windows_json(l));
    json_put(o, "why", json_text(l->why));
    return o;
}

static void
put_row_json(const Page *p)
{
    static const char *const columns[] = {"player_lookup",
                                          "player_name",
                                          "game_date",
                                          "game_id",
                                          "team",
                                          "opponent",
                                          "is_home",
                                          "feature_quality_score",
                                          "effective_quality_score",
                                          "quality_tier",
                                          "quality_alert_level",
                                          "required_default_count",
                                          "worst_category",
                                          "worst_category_pct",
                                          "is_quality_ready",
                                          "missing_processors"};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        print_member(p->cli, columns[i], row_json(p->facts->row, row_column(&feature_row_table, columns[i])));
}

/* ---- the command ---- */

static void
show_features(Page *p, const FeatureIndex *only)
{
    json_t *list = json_array();

    for (int f = 0; f < FEATURE_COUNT; f++)
        if (only == NULL || *only == (FeatureIndex)f)
            json_push(list, line_json(&p->lines[f]));
    print_member(p->cli, "features", list);
    if (only != NULL) {
        buf_put_u8(&p->text, '\n');
        put_line(p, &p->lines[*only]);
        return;
    }
    for (int c = 0; c < CATEGORY_COUNT; c++)
        put_category(p, (FeatureCategory)c);
}

static bool
explain(const Cli *cli, Session *s, const char *lookup, GameDate date, const FeatureIndex *only, Err *err)
{
    ExplainFacts facts;
    Page p = {.cli = cli, .s = s, .facts = &facts, .lines = arena_array(s->a, FEATURE_COUNT, sizeof(ExplainLine))};
    bool ok;

    if (!explain_read(s, lookup, date, &facts, err))
        return false;
    for (int f = 0; f < FEATURE_COUNT; f++)
        p.lines[f] = explain_feature(&facts, (FeatureIndex)f, s->a);
    put_row_json(&p);
    put_head(&p);
    ok = put_prediction(&p, err);
    if (ok && only == NULL)
        put_faults(&p);
    if (ok) {
        flush(&p);
        show_cells(&p);
        ok = show_gaps(&p, err);
    }
    if (ok) {
        show_features(&p, only);
        flush(&p);
    }
    buf_free(&p.text);
    return ok;
}

int
cmd_explain(Cli *cli)
{
    bool ok = true;
    const char *feature_text = cli_take_option(cli, "--feature", &ok), *who = cli_take_word(cli);
    const NameCandidate *player;
    FeatureIndex feature;
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!ok || (feature_text != NULL && !feature_parse(feature_text, &feature)))
        return 2;
    if (who == NULL)
        return cli_usage("explain");
    if (!cli_parse_date(cli, cli_take_word(cli), &date) || !cli_no_more(cli, "explain"))
        return 2;
    if (!cli_open(cli, &s, &err) || !player_find(&s, (DateRange){date, date}, who, &player, &err)
        || !explain(cli, &s, player->lookup, date, feature_text != NULL ? &feature : NULL, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
