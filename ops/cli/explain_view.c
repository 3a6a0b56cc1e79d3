/*
 * ops/cli/explain_view.c
 *    Inputs, windows and causes of one feature at a time.
 */
#include "ops/cli/explain_view.h"
#include <stddef.h>
#include <string.h>
#include "libcore/runtime/cell.h"
#include "ops/cli/row_values.h"
#include "workers/league/window.h"

/* Games that a formula over his own cannot do without. */
static const struct {
    FeatureIndex feature;
    size_t games;
} least_games[] = {
    {FEATURE_RECENT_TREND, 5}, {FEATURE_PCT_FREE_THROW, 5}, {FEATURE_PTS_SLOPE_10G, 5},
    {FEATURE_TEAM_WIN_PCT, 5}, {FEATURE_DNP_RATE, 3},
};

/* ---- inputs ---- */

static bool
ends(const FeatureColumn *c)
{
    return c->name == NULL;
}

static const char *
processor_of(FeatureUpstream u)
{
    return feature_upstream_table[u].processor;
}

static void
put_inputs(const ExplainFacts *facts, const FeatureInput *in, ExplainLine *line)
{
    for (int i = 0; i < FEATURE_COLUMNS_MAX && !ends(&in->columns[i]); i++) {
        const FeatureColumn *c = &in->columns[i];

        if (c->upstream != UPSTREAM_SUMMARY)
            line->inputs[line->input_count++] = (ExplainInput){
                .processor = processor_of(c->upstream),
                .column = c->name,
                .desc = row_column(feature_upstream_desc(c->upstream), c->name),
                .row = facts->upstream[c->upstream]};
    }
}

static void
put_games(const ExplainFacts *facts, const FeatureInput *in, ExplainLine *line, Arena *a)
{
    const PlayerGame **met;

    if (in->games == GAMES_OWN) {
        line->games = facts->played;
        line->game_count = facts->played_count < (size_t)in->game_count ? facts->played_count : (size_t)in->game_count;
    }
    if (in->games != GAMES_MEETINGS)
        return;
    met = arena_array(a, facts->played_count + 1, sizeof *met);
    for (size_t i = 0; i < facts->played_count; i++)
        if (strcmp(facts->played[i]->opponent, facts->row->opponent) == 0)
            met[line->game_count++] = facts->played[i];
    line->games = met;
}

/* ---- windows ---- */

static int32_t
count_column(const TableDesc *t, const void *row, const char *window, const char *suffix, Arena *a)
{
    const Column *c = row_column(t, arena_printf(a, "%s%s", window, suffix));

    return row == NULL || c == NULL ? NULL_I32 : *(const int32_t *)(const void *)((const char *)row + c->offset);
}

/* Ids of games begin with the date as YYYYMMDD. */
static int32_t
day_number(GameDate d)
{
    int year, month, day;

    date_parts(d, &year, &month, &day);
    return year * 10000 + month * 100 + day;
}

static int32_t
day_of_id(const char *game_id)
{
    int32_t n = 0;

    for (int i = 0; i < 8 && game_id[i] >= '0' && game_id[i] <= '9'; i++)
        n = 10 * n + (game_id[i] - '0');
    return n;
}

/* Of the newest games, played or not known, those that the window cannot use. */
static size_t
lacking_games(const ExplainFacts *facts, int32_t newest, bool needs_zones, const char **out)
{
    size_t hole = 0, game = 0, found = 0;

    for (int32_t n = 0; n < newest; n++) {
        bool has_hole = hole < facts->hole_count, has_game = game < facts->played_count;

        if (has_hole && (!has_game || day_of_id(facts->holes[hole]) > day_number(facts->played[game]->game_date))) {
            out[found++] = facts->holes[hole++];
        } else if (has_game) {
            const PlayerGame *g = facts->played[game++];

            if (needs_zones && g->has_complete_shot_zones != BOOL_TRUE)
                out[found++] = g->game_id;
        }
    }
    return found;
}

static void
put_missing(const ExplainFacts *facts, FeatureUpstream upstream, ExplainWindow *w, Arena *a)
{
    const TeamZone *opponent = facts->upstream[UPSTREAM_TEAM_ZONE];
    const char **ids;

    if (i32_is_null(w->used) || i32_is_null(w->expected) || w->used >= w->expected)
        return;
    if (upstream == UPSTREAM_TEAM_ZONE) {
        w->missing = opponent->missing_game_ids.items;
        w->missing_count = (size_t)opponent->missing_game_ids.count;
    } else if (strcmp(w->name, "window_team_l10") == 0) {
        size_t lacking = (size_t)(w->expected - w->used);

        w->missing = facts->team_holes;
        w->missing_count = lacking < facts->team_hole_count ? lacking : facts->team_hole_count;
    } else {
        ids = arena_array(a, (size_t)w->expected + 1, sizeof *ids);
        w->missing = ids;
        w->missing_count = lacking_games(facts, w->expected, upstream == UPSTREAM_PLAYER_ZONE, ids);
    }
}

static void
put_windows(const ExplainFacts *facts, const FeatureInput *in, ExplainLine *line, Arena *a)
{
    for (int i = 0; i < FEATURE_WINDOWS_MAX && !ends(&in->windows[i]); i++) {
        const FeatureColumn *c = &in->windows[i];
        const TableDesc *t = feature_upstream_desc(c->upstream);
        const void *row = facts->upstream[c->upstream];
        ExplainWindow *w = &line->windows[line->window_count++];

        *w = (ExplainWindow){.processor = processor_of(c->upstream),
                             .name = c->name,
                             .used = count_column(t, row, c->name, "_used", a),
                             .expected = count_column(t, row, c->name, "_expected", a)};
        put_missing(facts, c->upstream, w, a);
    }
}

/* ---- causes ---- */

/* Adds a cause to those found so far. */
static const char *
also(const char *causes, const char *cause, Arena *a)
{
    if (cause == NULL)
        return causes;
    return causes == NULL ? cause : arena_printf(a, "%s; %s", causes, cause);
}

static const char *
join(const char *const *items, size_t count, Arena *a)
{
    const char *text = "";

    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%s%s%s", text, i > 0 ? ", " : "", items[i]);
    return text;
}

/* Whose row it is: the opponent's for what is kept by team. */
static const char *
entity_of(const ExplainFacts *facts, FeatureUpstream u)
{
    return u == UPSTREAM_TEAM_ZONE ? facts->row->opponent : facts->row->player_lookup;
}

static bool
has_ended_well(const char *status)
{
    CellStatus s;

    return cell_status_parse(status, &s) && cell_status_is_terminal(s) && s != CELL_FAILED && s != CELL_NO_DATA;
}

static const char *
no_row(const ExplainFacts *facts, FeatureUpstream u, Arena *a)
{
    const char *processor = processor_of(u), *entity = entity_of(facts, u);
    const ExplainCell *cell = &facts->cells[u];

    for (size_t i = 0; i < facts->skipped_count; i++) {
        const SkippedEntity *s = &facts->skipped[i];

        if (strcmp(s->processor, processor) == 0 && strcmp(s->entity, entity) == 0)
            return arena_printf(a, "%s skipped %s: %s%s%s", processor, entity, s->reason, s->detail ? ", " : "",
                                s->detail ? s->detail : "");
    }
    if (cell->status == NULL)
        return arena_printf(a, "%s has no cell on this date", processor);
    if (has_ended_well(cell->status))
        return arena_printf(a, "%s has no row of %s, and no reason on record", processor, entity);
    return arena_printf(a, "%s has no row of %s: it is %s%s%s", processor, entity, cell->status,
                        cell->reason ? ", " : "", cell->reason ? cell->reason : "");
}

/* Rows that should be there and are not, each named once. */
static const char *
absent_rows(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const FeatureInput *in = &feature_inputs[line->feature];
    bool is_said[UPSTREAM_COUNT] = {false};
    const char *causes = NULL;

    for (int i = 0; i < FEATURE_COLUMNS_MAX && !ends(&in->columns[i]); i++) {
        FeatureUpstream u = in->columns[i].upstream;

        if (u == UPSTREAM_SUMMARY || facts->upstream[u] != NULL || is_said[u])
            continue;
        is_said[u] = true;
        causes = also(causes, no_row(facts, u, a), a);
    }
    return causes;
}

static WindowCount
count_of(const ExplainWindow *w)
{
    return (WindowCount){w->used, w->expected};
}

static bool
is_short(const ExplainWindow *w)
{
    return !i32_is_null(w->used) && !i32_is_null(w->expected) && w->used < w->expected;
}

static bool
is_skipped(const ExplainWindow *w)
{
    return is_short(w) && window_verdict(count_of(w)) == WINDOW_SKIPPED;
}

/* ", below 70 %, without 20251104_ATL_BOS" */
static const char *
lacks(WindowCount w, const char *const *missing, size_t missing_count, Arena *a)
{
    return arena_printf(a, "%s%s%s", window_verdict(w) == WINDOW_SKIPPED ? ", below 70 %" : "",
                        missing_count > 0 ? ", without " : "", join(missing, missing_count, a));
}

/* The windows that lack games; where some lack so many that they give no value, those alone. */
static const char *
short_windows(const ExplainLine *line, Arena *a)
{
    const char *causes = NULL;
    bool is_any_skipped = false;

    for (size_t i = 0; i < line->window_count; i++)
        is_any_skipped |= is_skipped(&line->windows[i]);
    for (size_t i = 0; i < line->window_count; i++) {
        const ExplainWindow *w = &line->windows[i];

        if (is_any_skipped ? is_skipped(w) : is_short(w))
            causes = also(causes,
                          arena_printf(a, "%s of %s has %d of %d games%s", w->name, w->processor, w->used, w->expected,
                                       lacks(count_of(w), w->missing, w->missing_count, a)),
                          a);
    }
    return causes;
}

/* "16 of 17 games of GSW are known, without 20251120_GSW_DAL" */
static const char *
known_games(const char *whose, int32_t known, const char *const *missing, size_t missing_count, Arena *a)
{
    const WindowCount w = {known, known + (int32_t)missing_count};

    return arena_printf(a, "%d of %d games %s are known%s", w.used, w.expected, whose,
                        lacks(w, missing, missing_count, a));
}

/* Games against this opponent of which nobody knows. Ids end in _AWAY_HOME. */
static const char *
unknown_meetings(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const char **ids = arena_array(a, facts->hole_count + 1, sizeof *ids);
    size_t count = 0;

    if (feature_inputs[line->feature].games != GAMES_MEETINGS)
        return NULL;
    for (size_t i = 0; i < facts->hole_count; i++)
        if (strstr(facts->holes[i], arena_printf(a, "_%s", facts->row->opponent)) != NULL)
            ids[count++] = facts->holes[i];
    if (count == 0)
        return NULL;
    return known_games(arena_printf(a, "against %s", facts->row->opponent), (int32_t)line->game_count, ids, count, a);
}

static const char *
unknown_team_games(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    if (feature_inputs[line->feature].games != GAMES_TEAM || facts->team_hole_count == 0)
        return NULL;
    return known_games(arena_printf(a, "of %s", facts->row->team), facts->team_games, facts->team_holes,
                       facts->team_hole_count, a);
}

/* Where no window of the feature itself says which: every game near it that nobody knows. */
static const char *
unknown_games(const ExplainFacts *facts, Arena *a)
{
    const TeamZone *opponent = facts->upstream[UPSTREAM_TEAM_ZONE];
    const char *causes = NULL;

    if (facts->hole_count > 0)
        causes = also(causes, arena_printf(a, "of his own: %s", join(facts->holes, facts->hole_count, a)), a);
    if (facts->team_hole_count > 0)
        causes = also(
            causes, arena_printf(a, "of %s: %s", facts->row->team, join(facts->team_holes, facts->team_hole_count, a)),
            a);
    if (opponent != NULL && opponent->missing_game_ids.count > 0)
        causes = also(causes,
                      arena_printf(a, "of %s: %s", facts->row->opponent,
                                   join(opponent->missing_game_ids.items, (size_t)opponent->missing_game_ids.count, a)),
                      a);
    return causes == NULL ? NULL : arena_printf(a, "unknown games %s", causes);
}

/* Columns of which their own row says that their games are not all known. */
static const char *
flagged_inputs(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const char *names[FEATURE_COLUMNS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < line->input_count; i++) {
        const FeatureColumn *c = &feature_inputs[line->feature].columns[i];
        const ExplainInput *in = &line->inputs[i];
        const Column *flags = row_column(feature_upstream_desc(c->upstream), "incomplete_fields");

        if (flags != NULL && in->row != NULL
            && text_array_has(*(const TextArray *)(const void *)((const char *)in->row + flags->offset), in->column))
            names[count++] = arena_printf(a, "%s.%s", in->processor, in->column);
    }
    if (count == 0)
        return NULL;
    return also(arena_printf(a, "the games behind %s are not all known", join(names, count, a)),
                unknown_games(facts, a), a);
}

/* What a factor was made without. */
static const char *
missing_factors(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const PlayerComposite *c = facts->upstream[UPSTREAM_COMPOSITE];

    if (c == NULL || feature_contract[line->feature].upstream != UPSTREAM_COMPOSITE || c->missing_inputs.count == 0)
        return NULL;
    return arena_printf(a, "the factors were made without %s",
                        join(c->missing_inputs.items, (size_t)c->missing_inputs.count, a));
}

static const char *
null_inputs(const ExplainLine *line, Arena *a)
{
    const char *names[FEATURE_COLUMNS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < line->input_count; i++)
        if (line->inputs[i].row != NULL && row_text(line->inputs[i].row, line->inputs[i].desc, a) == NULL)
            names[count++] = arena_printf(a, "%s.%s", line->inputs[i].processor, line->inputs[i].column);
    if (count == 0)
        return NULL;
    return arena_printf(a, "no value in %s", join(names, count, a));
}

static const char *
too_few_games(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    bool is_team = feature_inputs[line->feature].games == GAMES_TEAM;
    size_t games = is_team ? (size_t)facts->team_games : facts->played_count;

    for (size_t i = 0; i < ARRAY_LEN(least_games); i++)
        if (least_games[i].feature == line->feature && games < least_games[i].games)
            return arena_printf(a, "%zu games of %s this season, %zu needed", games, is_team ? facts->row->team : "his",
                                least_games[i].games);
    return NULL;
}

/* The games that the feature rests on and nobody knows of, as exactly as can be said. */
static const char *
why_short(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const char *causes = short_windows(line, a);

    causes = also(causes, unknown_meetings(facts, line, a), a);
    causes = also(causes, unknown_team_games(facts, line, a), a);
    if (causes == NULL)
        causes = flagged_inputs(facts, line, a);
    return causes;
}

static const char *
why_missing(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const char *causes = absent_rows(facts, line, a);

    causes = also(causes, why_short(facts, line, a), a);
    causes = also(causes, too_few_games(facts, line, a), a);
    if (causes == NULL)
        causes = missing_factors(facts, line, a);
    if (causes == NULL)
        causes = null_inputs(line, a);
    return causes != NULL ? causes : "nothing on record says why; the row may be older than what it was read from";
}

static const char *
why_incomplete(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const char *causes = why_short(facts, line, a);

    return causes != NULL ? causes : "a window behind it lacks games";
}

/* A value that another row should have given. */
static const char *
why_fallback(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    FeatureUpstream own = feature_contract[line->feature].upstream;

    if (own != UPSTREAM_DAILY_CACHE || facts->upstream[own] != NULL)
        return NULL;
    return arena_printf(a, "from other rows, since %s", no_row(facts, own, a));
}

static bool
holds_index(const I32Array *indices, FeatureIndex f)
{
    for (int32_t i = 0; i < indices->count; i++)
        if (indices->items[i] == (int32_t)f)
            return true;
    return false;
}

static const char *
why_source(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    FeatureSource s;

    if (facts->row->early_season_flag == BOOL_TRUE)
        return "the season was too young: nothing is computed in its first two weeks";
    if (!feature_source_parse(line->source, &s))
        return "a source that the contract does not know";
    if (s == FEATURE_SOURCE_NOT_SUBSCRIBED)
        return arena_printf(a, "this deployment does not subscribe to the feed %s",
                            feature_contract[line->feature].feed);
    if (s == FEATURE_SOURCE_NO_HISTORY)
        return arena_printf(a, "he has not met %s this season", facts->row->opponent);
    if (feature_source_table[s].counts_as_default)
        return why_missing(facts, line, a);
    if (holds_index(&facts->row->incomplete_indices, line->feature) || s == FEATURE_SOURCE_PHASE4_INCOMPLETE
        || s == FEATURE_SOURCE_CALCULATED_INCOMPLETE)
        return why_incomplete(facts, line, a);
    return why_fallback(facts, line, a);
}

static const char *
why_range(const ExplainFacts *facts, const ExplainLine *line, Arena *a)
{
    const FeatureSpec *spec = &feature_contract[line->feature];

    if (!holds_index(&facts->row->out_of_range_indices, line->feature))
        return NULL;
    return arena_printf(a, "%g is outside %g to %g", line->value, spec->min, spec->max);
}

ExplainLine
explain_feature(const ExplainFacts *facts, FeatureIndex f, Arena *a)
{
    const FeatureRow *row = facts->row;
    ExplainLine line = {.feature = f,
                        .value = row->feature_values.items[f],
                        .source = row->feature_source.items[f],
                        .quality = row->feature_quality.items[f],
                        .sample_size = row->feature_sample_size.items[f]};

    put_inputs(facts, &feature_inputs[f], &line);
    put_games(facts, &feature_inputs[f], &line, a);
    put_windows(facts, &feature_inputs[f], &line, a);
    line.why = also(why_source(facts, &line, a), why_range(facts, &line, a), a);
    return line;
}

const char *
explain_value(const void *row, const Column *c, Arena *a)
{
    const void *field = (const char *)row + c->offset;
    const char *text;

    if (c->type == COL_F64 && !f64_is_null(*(const double *)field))
        return arena_printf(a, "%.6g", *(const double *)field);
    if (c->type == COL_BOOL && *(const TriBool *)field != BOOL_NULL)
        return *(const TriBool *)field == BOOL_TRUE ? "yes" : "no";
    text = row_text(row, c, a);
    return text == NULL ? "-" : text;
}
