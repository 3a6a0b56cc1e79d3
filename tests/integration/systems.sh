#!/usr/bin/env bash
# tests/integration/systems.sh
#    Every prediction system on a small season: models from the registry on the dates after their training, why a
#    system is absent, a system that fails and its circuit breaker, and models that keep a predictor from starting.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

MODELS=$WORK/models

# predicted FROM TO: every prediction cell of these dates has ended and none is stale.
predicted() {
    [ "$(sql "select count(*) filter (where status in ('success', 'partial', 'no_data') and not is_stale) = count(*)
        from ops.cell where processor = 'predictions' and in_scope and game_date between '$1' and '$2'")" = t ]
}

# bring FROM TO: collects the dates and waits for their predictions.
bring() {
    collect --from "$1" --to "$2" >/dev/null && eventually 120 predicted "$1" "$2"
}

refused() {
    local status=$1 text=$2 out got=0
    shift 2
    out=$("$@" 2>&1 </dev/null) || got=$?
    same "$status" "$got" && holds "$text" <<<"$out"
}

# promote NAME SYSTEM [OPTION...]: registers $MODELS/NAME.json and has it predict.
promote() {
    local name=$1 system=$2
    shift 2
    "$TIPOFF" model register "$MODELS/$name.json" --system "$system" "$@" && "$TIPOFF" model promote "$(model_id "$name")"
}

model_id() {
    sql "select model_id from predictions.model where file_name like '%$1.json' order by created_at desc limit 1"
}

# says_what_the_file_says SYSTEM FILE: its rows of the later dates are FILE's predictions of the stored features.
says_what_the_file_says() {
    sql "copy (select p.player_lookup, p.game_date, p.predicted_points, $COLUMNS
        from predictions.prediction p join features.ml_feature_store f using (game_date, player_lookup)
        where p.is_active and p.system_id = '$1' order by 2, 1) to stdout with csv header" >"$WORK/$1.csv" || return
    "$TIPOFF" model predict --model "$2" --input "$WORK/$1.csv" --output "$WORK/$1.out.csv" || return
    python3 - "$WORK/$1.csv" "$WORK/$1.out.csv" <<'PY'
import csv, sys
rows, said = (list(csv.reader(open(path))) for path in sys.argv[1:])
wrong = 0
for row, out in zip(rows[1:], said[1:], strict=True):
    points = min(max(float(out[-1]), 0.0), 60.0)
    wrong += abs(points - float(row[2])) > 0.05 + 1e-9
print(f"{len(rows) - 1} rows, {wrong} differ")
sys.exit(0 if len(rows) > 20 and not wrong else 1)
PY
}

# refuses_to_predict TEXT CHANGE: with the row of the CatBoost model changed so, another predictor does not start.
refuses_to_predict() {
    local text=$1 before
    before=$(sql "select count(*) from predictions.prediction")
    sql "create table if not exists kept as select * from predictions.model; update predictions.model set $2
        where model_id = '$CATBOOST'" || return
    refused 2 "$text" env KAFKA_BROKERS="$(brokers)" timeout 60 "$TIPOFF" worker predictor || return
    sql "update predictions.model m set bytes = k.bytes, sha256 = k.sha256, feature_version = k.feature_version
        from kept k where k.model_id = m.model_id" || return
    same "$before" "$(sql "select count(*) from predictions.prediction")"
}

make_data
mkdir -p "$MODELS"
must "model files are made" python3 "$ROOT/tests/support/fake_models.py" "$ROOT/tests/fixtures/models" "$MODELS"
COLUMNS=$(python3 -c 'import json, sys
names = [f["feature_id"] for f in json.load(open(sys.argv[1]))["features_info"]["float_features"]]
print(", ".join(f"f.feature_values[{i + 1}] as {n}" for i, n in enumerate(names)))' "$MODELS/catboost.json")
deploy systems

# ---- models of the registry ----

must "models are promoted" promote xgboost xgboost_v1
must "one of them has seen the first dates" promote catboost catboost_v9 --trained 2025-10-01..2025-11-05
CATBOOST=$(model_id catboost)
must "the first dates come" bring 2025-10-21 2025-11-10

claim "all six systems predict" sql_is "catboost_v9 ensemble_v1_1 moving_average_baseline similarity_balanced_v1 xgboost_v1 zone_matchup_v1" \
    "select string_agg(distinct system_id, ' ' order by system_id) from predictions.prediction where is_active"
claim "a model predicts no date that it was trained on" sql_is "true true" "select (min(game_date) filter (where system_id =
    'catboost_v9') > '2025-11-05') || ' ' || (min(game_date) filter (where system_id = 'xgboost_v1') <= '2025-11-05')
    from predictions.prediction where is_active"
claim "until then its system is absent, and why is said" sql_is "t" "select bool_and('catboost_v9: no_model' = any
    (absent_systems)) and count(*) > 10 from predictions.player_outcome where outcome = 'predicted' and game_date <= '2025-11-05'"
claim "whoever is asked for has a row or a reason of each system" sql_is 0 "select count(*) from predictions.player_outcome o
    where outcome = 'predicted' and 6 <> cardinality(absent_systems) + (select count(*) from predictions.prediction p
    where p.is_active and p.game_date = o.game_date and p.player_lookup = o.player_lookup)"
claim "rows name the file that they are from" sql_is 0 "select count(*) from predictions.prediction p
    left join predictions.model m using (model_id) where p.system_id in ('xgboost_v1', 'catboost_v9')
    and (m.model_id is null or p.model_sha256 is distinct from encode(m.sha256, 'hex')
    or p.model_version is distinct from p.system_id || '/' || left(p.model_sha256, 12))"
claim "xgboost_v1 says what its file says" says_what_the_file_says xgboost_v1 "$MODELS/xgboost.json"
claim "catboost_v9 says what its file says" says_what_the_file_says catboost_v9 "$MODELS/catboost.json"
claim "an ensemble is the weighted mean of its members" sql_is "t" "select count(*) > 20 and bool_and(abs(e.predicted_points
    - w.points) < 0.101) from predictions.prediction e, lateral (select sum(w.weight * m.predicted_points) / sum(w.weight)
    points from predictions.prediction m join (values ('catboost_v9', 0.45), ('similarity_balanced_v1', 0.25),
    ('moving_average_baseline', 0.2), ('zone_matchup_v1', 0.1)) w (system_id, weight) using (system_id)
    where m.is_active and m.game_date = e.game_date and m.player_lookup = e.player_lookup) w
    where e.is_active and e.system_id = 'ensemble_v1_1'"
claim "a row tells of its line, its features and its game" sql_is 0 "select count(*) from predictions.prediction
    where is_active and (game_start_at is null or features_computed_at is null or feature_data_age_hours < 0
    or input_set_id is null or created_at is null or prediction_made_before_game is null or scenario_category is null
    or has_prop_line and (line_source_api is null or line_minutes_before_game <= 0 or was_line_fallback is null))"

# ---- a system that fails ----

must "a model that predicts no number is promoted" promote endless catboost_v9 --trained 2025-10-01..2025-11-06
must "more dates come" bring 2025-11-11 2025-11-14
claim "its breaker has opened" sql_is "open" "select state from predictions.circuit_breaker where system_id = 'catboost_v9'"
claim "what is no number is no prediction" sql_is 0 "select count(*) from predictions.prediction
    where system_id = 'catboost_v9' and game_date between '2025-11-11' and '2025-11-14'"
claim "five have failed, nobody else was tried" sql_is "5 true" "select count(*) filter (where 'catboost_v9: not_a_number' = any
    (absent_systems)) || ' ' || (count(*) filter (where 'catboost_v9: circuit_breaker_open' = any (absent_systems)) > 0)
    from predictions.player_outcome where game_date between '2025-11-11' and '2025-11-14'"
claim "the other systems go on" sql_is 0 "select count(*) from predictions.player_outcome
    where game_date between '2025-11-11' and '2025-11-14' and outcome = 'predicted' and systems < 3"
claim "breaker list shows it" eval '"$TIPOFF" breaker list | grep catboost_v9 | holds open not_a_number'
claim "a check of its dates fails and names it" holds failure "catboost_v9 for" \
    <<<"$("$TIPOFF" validate daily 2025-11-14 | grep held_systems)"
claim "of the dates before nothing is said" holds " ok " \
    <<<"$("$TIPOFF" validate daily 2025-11-10 | grep held_systems)"
claim "a reset gives its reason" refused 2 "usage" "$TIPOFF" breaker reset catboost_v9
claim "an unknown system is refused" refused 2 "did you mean 'catboost_v9'" "$TIPOFF" breaker reset catboost_v8 --reason x
must "the model is rolled back" "$TIPOFF" model rollback catboost_v9 --reason "it predicts no number"
claim "its breaker is closed by hand" "$TIPOFF" breaker reset catboost_v9 --reason "another model"
claim "who did that, and why, is kept" sql_is "another model" "select reason from predictions.circuit_breaker_reset
    where system_id = 'catboost_v9' and by <> ''"
must "the last dates come" bring 2025-11-15 2025-11-19
claim "the system predicts again" sql_is t "select count(*) > 20 from predictions.prediction
    where system_id = 'catboost_v9' and is_active and game_date > '2025-11-14' and model_id = '$CATBOOST'"

# ---- models that cannot be used ----

claim "a file that is cut short keeps a predictor from starting" refuses_to_predict "$CATBOOST" \
    "bytes = substring(bytes for 2000), sha256 = sha256(substring(bytes for 2000))"
claim "so does one of foreign features" refuses_to_predict "shoe_size" \
    "bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'points_avg_last_10', 'shoe_size'), 'UTF8'),
    sha256 = sha256(convert_to(replace(convert_from(bytes, 'UTF8'), 'points_avg_last_10', 'shoe_size'), 'UTF8'))"
claim "and one of other features than this build's" refuses_to_predict "v1_33features" "feature_version = 'v1_33features'"

claim_no_letters "six systems"
