/*
 * workers/predictions/predictor_core.c
 *    From features and context to prediction rows.
 */
#include "workers/predictions/predictor_core.h"

#include <string.h>
#include "workers/predictions/actionable.h"
#include "workers/predictions/systems.h"

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

static void
copy_player(Prediction *row, const UpcomingPlayer *p)
{
    bool has_line = !f64_is_null(p->current_points_line);

    row->game_date = p->game_date;
    row->game_id = p->game_id;
    row->player_lookup = p->player_lookup;
    row->player_name = p->player_name;
    row->team = p->team;
    row->opponent = p->opponent;
    row->is_home = p->is_home;
    row->has_prop_line = has_line ? BOOL_TRUE : BOOL_FALSE;
    row->current_points_line = p->current_points_line;
    row->line_source = has_line ? "ACTUAL_PROP" : "NO_PROP_LINE";
    row->sportsbook = has_line ? p->line_sportsbook : NULL;
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
    row->scoring_tier = scoring_tier(f->feature_values.items[FEATURE_POINTS_AVG_SEASON]);
}

static void
copy_run(Prediction *row, const PredictorRun *run)
{
    row->version = run->version;
    row->prediction_run_mode = run_mode_name(run->mode);
    row->is_active = BOOL_TRUE;
    row->is_live = run->is_live ? BOOL_TRUE : BOOL_FALSE;
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
    row->is_actionable = row->filter_reason == NULL ? BOOL_TRUE : BOOL_FALSE;
}

static Prediction
prediction_row(const PredictionSystem *system, const SystemOutput *out, const UpcomingPlayer *p, const FeatureRow *f,
               const PredictorRun *run, Arena *a)
{
    Prediction row = prediction_null();

    copy_player(&row, p);
    copy_quality(&row, f);
    copy_run(&row, run);
    row.system_id = system->id;
    row.model_version = system->model_version;
    row.prediction_id = prediction_id_text(p->game_date, p->player_lookup, system->id, run->version, a);
    row.predicted_points = round_to(out->predicted_points, 10.0);
    row.confidence_score = out->confidence_pct;
    row.recommendation = out->recommendation;
    if (row.has_prop_line == BOOL_TRUE)
        row.line_margin = round_to(out->predicted_points - p->current_points_line, 100.0);
    row.as_of = later(f->as_of, p->line_stamp);
    judge(&row, p, f);
    return row;
}

bool
predictor_rows(const UpcomingPlayer *player, const FeatureRow *features, const PredictorRun *run, Arena *a,
               PredictorResult *out, Err *err)
{
    if (!check_pair(player, features, err))
        return false;
    SystemInput in = {.values = features->feature_values.items, .line = player->current_points_line};

    *out = (PredictorResult){
        .rows = arena_array(a, PREDICTION_SYSTEM_COUNT, sizeof(*out->rows)),
        .skip_reason = "champion_unknown",
    };
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++) {
        const PredictionSystem *system = &prediction_systems[i];
        SystemOutput predicted = system_predict(system, &in);
        bool is_champion = strcmp(system->id, run->champion) == 0;

        if (predicted.missing == NULL)
            out->rows[out->count++] = prediction_row(system, &predicted, player, features, run, a);
        if (is_champion)
            out->skip_reason = predicted.missing == NULL ? NULL : arena_printf(a, "missing_%s", predicted.missing);
    }
    return true;
}
