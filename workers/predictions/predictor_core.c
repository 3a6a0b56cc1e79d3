/*
 * workers/predictions/predictor_core.c
 *    From features and context to prediction rows.
 */
#include "workers/predictions/predictor_core.h"

#include <string.h>
#include <strings.h>
#include "workers/predictions/actionable.h"

static const int64_t US_PER_MINUTE = INT64_C(60000000);
static const double US_PER_HOUR = 3600e6;

const char *
prediction_id_text(GameDate date, const char *lookup, const char *system, int32_t version, Arena *a)
{
    char day[DATE_TEXT_LEN];

    return arena_printf(a, "%s:%s:%s:v%d", date_format(date, day), lookup, system, version);
}

static bool
check_pair(const UpcomingPlayer *p, const FeatureRow *f, Err *err)
{
    if (strcmp(p->player_lookup, f->player_lookup) != 0 || !date_equal(p->game_date, f->game_date)
        || strcmp(p->game_id, f->game_id) != 0)
        return ERR_FAIL(err, ERR_POISON, "features of %s in %s do not belong to %s in %s", f->player_lookup, f->game_id,
                        p->player_lookup, p->game_id);
    if (f->feature_values.count < FEATURE_COUNT)
        return ERR_FAIL(err, ERR_POISON, "features of %s have %d values, not %d", f->player_lookup,
                        f->feature_values.count, FEATURE_COUNT);
    return true;
}

static bool
check_facts(const PredictorFacts *facts, Err *err)
{
    const PlayerSimilarity *s = facts->similar;

    if (s != NULL
        && (strcmp(s->player_lookup, facts->context->player_lookup) != 0
            || !date_equal(s->game_date, facts->context->game_date)))
        return ERR_FAIL(err, ERR_POISON, "games alike of %s do not belong to %s", s->player_lookup,
                        facts->context->player_lookup);
    return check_pair(facts->context, facts->features, err);
}

static double
round_to(double v, double per_unit)
{
    return round(v * per_unit) / per_unit;
}

static Instant
later(Instant a, Instant b)
{
    return a.us > b.us ? a : b; /* an absent stamp is the smallest */
}

static TriBool
tri(bool v)
{
    return v ? BOOL_TRUE : BOOL_FALSE;
}

static void
copy_player(Prediction *row, const UpcomingPlayer *p)
{
    row->game_date = p->game_date;
    row->game_id = p->game_id;
    row->player_lookup = p->player_lookup;
    row->player_name = p->player_name;
    row->team = p->team;
    row->opponent = p->opponent;
    row->is_home = p->is_home;
    row->game_start_at = p->tip_off;
    row->injury_status_at_prediction = p->player_status;
    row->injury_checked_at = p->report_stamp;
    if (p->player_status != NULL)
        row->injury_flag_at_prediction = tri(strcmp(p->player_status, "doubtful") == 0
                                             || strcmp(p->player_status, "questionable") == 0);
}

/* The layout of the lines' feed is the Odds API's, and DraftKings is who is asked first. */
static void
copy_line(Prediction *row, const UpcomingPlayer *p)
{
    const bool has_line = !f64_is_null(p->current_points_line);

    row->has_prop_line = tri(has_line);
    row->line_source = has_line ? "ACTUAL_PROP" : "NO_PROP_LINE";
    if (!has_line)
        return;
    row->current_points_line = p->current_points_line;
    row->sportsbook = p->line_sportsbook;
    row->line_source_api = "ODDS_API";
    if (p->line_sportsbook != NULL)
        row->was_line_fallback = tri(strcasecmp(p->line_sportsbook, "draftkings") != 0);
    row->line_snapshot_at = p->line_stamp;
    if (!instant_is_null(p->line_stamp) && !instant_is_null(p->tip_off))
        row->line_minutes_before_game = (int32_t)((p->tip_off.us - p->line_stamp.us) / US_PER_MINUTE);
}

static void
copy_quality(Prediction *row, const FeatureRow *f)
{
    row->vegas_line_source = f->vegas_line_source;
    row->feature_quality_score = f->effective_quality_score;
    row->low_quality_flag = quality_is_low(f->effective_quality_score) ? BOOL_TRUE : BOOL_FALSE;
    row->is_quality_ready = f->is_quality_ready;
    row->quality_alert_level = f->quality_alert_level;
    row->required_default_count = f->required_default_count;
    row->default_feature_count = f->default_feature_count;
    row->default_feature_indices = f->default_feature_indices;
    row->input_set_id = f->input_set_id;
    row->features_computed_at = f->computed_at;
    row->scoring_tier = scoring_tier(f->feature_values.items[FEATURE_POINTS_AVG_SEASON]);
}

static void
copy_run(Prediction *row, const PredictorRun *run)
{
    if (!instant_is_null(row->features_computed_at))
        row->feature_data_age_hours = (double)(run->now.us - row->features_computed_at.us) / US_PER_HOUR;
    row->prediction_made_before_game = tri(run->now.us < row->game_start_at.us);
    row->created_at = row->updated_at = run->now;
    row->version = run->version;
    row->prediction_run_mode = run_mode_name(run->mode);
    row->is_active = BOOL_TRUE;
    row->is_live = tri(run->is_live);
    row->inputs_changed = BOOL_FALSE;
    row->batch_id = run->batch_id;
}

static void
judge(Prediction *row, const UpcomingPlayer *p, const FeatureRow *f)
{
    ActionableInput in = {
        .recommendation = row->recommendation,
        .confidence_pct = row->confidence_score,
        .edge = fabs(row->line_margin),
        .points_avg_season = f->feature_values.items[FEATURE_POINTS_AVG_SEASON],
        .points_avg_last_5 = f->feature_values.items[FEATURE_POINTS_AVG_LAST_5],
        .is_quality_ready = f->is_quality_ready == BOOL_TRUE,
        .required_default_count = f->required_default_count,
        .player_status = p->player_status,
    };

    row->filter_reason = actionable_filter_reason(&in);
    row->is_actionable = tri(row->filter_reason == NULL);
    row->scenario_category = scenario_category(&(const ScenarioInput){row->recommendation, row->current_points_line,
                                                                      in.edge, row->player_lookup, row->opponent});
}

/* What only some systems have to say. */
static void
copy_sources(Prediction *row, SystemId id, const SystemOutput *out, const PredictorFacts *facts,
             const RegisteredModel *m)
{
    if (m != NULL) {
        row->model_sha256 = m->sha256;
        row->model_id = m->model_id;
        row->model_file_name = m->file_name;
    }
    if (id == SYSTEM_SIMILARITY) {
        row->similarity_baseline = facts->similar->baseline;
        row->similar_games_count = facts->similar->games;
        row->avg_similarity_score = facts->similar->avg_score;
        row->min_similarity_score = facts->similar->min_score;
    }
    if (out->member_count > 0) {
        row->contributing_systems = out->member_count;
        row->prediction_variance = out->member_variance;
        row->system_agreement_score = out->member_agreement;
    }
}

/* Which of a system's models it was. */
static const char *
model_version(const PredictionSystem *system, const RegisteredModel *m, Arena *a)
{
    return m == NULL ? arena_printf(a, "%s/1", system->id) : arena_printf(a, "%s/%.12s", system->id, m->sha256);
}

static Prediction
prediction_row(SystemId id, const SystemOutput *out, const PredictorFacts *facts, const PredictorRun *run, Arena *a)
{
    const PredictionSystem *system = &prediction_systems[id];
    const UpcomingPlayer *p = facts->context;
    Prediction row = prediction_null();

    copy_player(&row, p);
    copy_line(&row, p);
    copy_quality(&row, facts->features);
    copy_run(&row, run);
    copy_sources(&row, id, out, facts, run->models[id]);
    row.system_id = system->id;
    row.model_version = model_version(system, run->models[id], a);
    row.prediction_id = prediction_id_text(p->game_date, p->player_lookup, system->id, run->version, a);
    row.predicted_points = round_to(out->predicted_points, 10.0);
    row.confidence_score = out->confidence_pct;
    row.recommendation = out->recommendation;
    if (row.has_prop_line == BOOL_TRUE)
        row.line_margin = round_to(out->predicted_points - p->current_points_line, 100.0);
    row.as_of = later(facts->features->as_of, p->line_stamp);
    judge(&row, p, facts->features);
    return row;
}

static SystemInput
input_of(const PredictorFacts *facts, const PredictorRun *run)
{
    SystemInput in = {
        .values = facts->features->feature_values.items,
        .sources = facts->features->feature_source.items,
        .line = facts->context->current_points_line,
        .quality_score = facts->features->effective_quality_score,
        .similar = facts->similar,
    };

    memcpy(in.models, run->models, sizeof in.models);
    memcpy(in.held, run->held, sizeof in.held);
    return in;
}

bool
predictor_rows(const PredictorFacts *facts, const PredictorRun *run, Arena *a, PredictorResult *out, Err *err)
{
    const char **absent = arena_array(a, PREDICTION_SYSTEM_COUNT, sizeof *absent);
    SystemInput in;

    if (!check_facts(facts, err))
        return false;
    in = input_of(facts, run);
    *out = (PredictorResult){
        .rows = arena_array(a, PREDICTION_SYSTEM_COUNT, sizeof(*out->rows)),
        .skip_reason = "champion_unknown",
        .absent.items = absent,
    };
    systems_predict(&in, out->outputs);
    for (SystemId id = 0; id < PREDICTION_SYSTEM_COUNT; id++) {
        const SystemOutput *said = &out->outputs[id];
        const char *why = system_absence(said, a);

        if (why == NULL)
            out->rows[out->count++] = prediction_row(id, said, facts, run, a);
        else
            absent[out->absent.count++] = arena_printf(a, "%s: %s", prediction_systems[id].id, why);
        if (strcmp(prediction_systems[id].id, run->champion) == 0)
            out->skip_reason = why;
    }
    return true;
}
