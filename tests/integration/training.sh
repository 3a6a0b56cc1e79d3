#!/usr/bin/env bash
# tests/integration/training.sh
#    Train, promote and roll back on a simulated season, refuse what must be refused, and hold the figures of a
#    backtest against those that tests/support/backtest.py makes of its rows.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

DATA=$WORK/league
STILL_S=600 # nothing here takes longer
unset TIPOFF_XGBOOST

# refused STATUS TEXT COMMAND...: the command ends so, and says that.
refused() {
    local status=$1 text=$2 out got=0
    shift 2
    out=$("$@" 2>&1) || got=$?
    same "$status" "$got" && holds "$text" <<<"$out"
}

train() {
    "$TIPOFF" train --to 2025-11-30 --eval-from 2025-12-01 --eval-to 2025-12-14 "$@"
}

status_of() {
    sql "select status from predictions.model where model_id = '$1'"
}

counts_of_pipeline() {
    sql "select (select count(*) from predictions.prediction) || ' ' || (select count(*) from features.ml_feature_store)
        || ' ' || (select count(*) from predictions.model) || ' ' || (select count(*) from predictions.model_event)"
}

must "a league is made" "$TIPOFF" simulate --season 2025-26 --seed 11 --dates 60 --out "$DATA"
deploy trained --feeds-subscribed shots,props,injuries,game_lines --to 2025-12-19
must "the feeds are collected" "$TIPOFF" collect --data "$DATA"
must "every cell ends" timeout $STILL_S "$TIPOFF" report --wait

if /sbin/ldconfig -p | grep -q 'libxgboost\.so'; then
    say "the system has a libxgboost: what is said without one is not looked at"
else
    claim "without XGBoost's library training is refused, and the command that fetches it is named" refused 2 \
        "ops/xgboost fetch" train
fi
claim "a library that is none is refused" refused 2 "cannot open TIPOFF_XGBOOST" \
    env TIPOFF_XGBOOST="$ROOT/README.md" "$TIPOFF" train --to 2025-11-30 --eval-from 2025-12-01 --eval-to 2025-12-14
must "the library is fetched" "$ROOT/ops/xgboost" fetch

# ---- training ----

claim "an evaluation that begins on the training's last date is refused in words" refused 2 \
    "the evaluation begins on 2025-11-30, and the training has seen every date to 2025-11-30" \
    "$TIPOFF" train --to 2025-11-30 --eval-from 2025-11-30 --eval-to 2025-12-14
claim "too few rows are refused with their number" refused 2 "rows of these dates may be trained on" \
    "$TIPOFF" train --to 2025-11-06 --eval-from 2025-12-01 --eval-to 2025-12-14
must "a model is trained" train --output "$WORK/model.json"
FIRST=$(sql "select model_id from predictions.model")
claim "the same rows give the same bytes: it is known already" refused 2 "has this file already: it is $FIRST" \
    train
claim "the registry's bytes are the file's, and its hash is theirs" sql_is \
    "$(sha256sum "$WORK/model.json" | cut -d ' ' -f 1)" \
    "select encode(sha256, 'hex') from predictions.model where encode(sha256(bytes), 'hex') = encode(sha256, 'hex')"
claim "windows, rows and figures are stored with the model" sql_is t "select training_end = '2025-11-30'
    and evaluation_start = '2025-12-01' and training_rows >= 1000 and evaluation_rows >= 100
    and (metrics->>'mae')::float8 between 1 and 10 and (metrics->>'rows')::int = evaluation_rows
    and jsonb_array_length(metrics->'picks') = 3 and params->>'nthread' = '1' from predictions.model"
claim "trained rows are those that the table of reasons says" sql_is t "select training_rows = (select count(*)
    from features.ml_feature_store f join analytics.player_game_summary g using (game_date, player_lookup, game_id)
    where f.is_training_ready and f.required_default_count = 0 and f.feature_quality_score >= 70
    and f.primary_data_source not in ('early_season', 'phase4_partial') and g.minutes > 0
    and not (f.feature_values[1] = 10 and f.feature_values[2] > 15) and f.game_date <= '2025-11-30')
    from predictions.model"
claim "the database refuses an overlap, too" refused 3 model_is_evaluated_on_later_dates \
    psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" \
    -f <(echo "update predictions.model set evaluation_start = training_end")

# ---- the registry ----

claim "a promotion shows what it asks for" eval '"$TIPOFF" model promote "$FIRST" | holds hit_pct_at_3 evaluated_days'
claim "it predicts now" same promoted "$(status_of "$FIRST")"
claim "what was not met is written down" sql_is t "select reason like 'not met: %' from predictions.model_event
    where action = 'promote'"
claim "it is not promoted twice" refused 2 "is promoted already" "$TIPOFF" model promote "$FIRST"
must "a second model is trained" train --base means --json
SECOND=$(sql "select model_id from predictions.model where base = 'means'")
must "and promoted, as the champion" "$TIPOFF" model promote "$SECOND" --champion --reason "to see"
claim "its system is the champion" sql_is xgboost_v1 "select system_id from predictions.champion"
claim "a rollback says why" refused 2 "says why" "$TIPOFF" model rollback xgboost_v1
must "it is rolled back" "$TIPOFF" model rollback xgboost_v1 --reason "it was for a test"
claim "the last promotion is taken back" same "promoted rolled_back" "$(status_of "$FIRST") $(status_of "$SECOND")"
must "the champion is another" "$TIPOFF" model champion moving_average_baseline
claim "an unknown champion is refused" refused 2 "did you mean 'xgboost_v1'" "$TIPOFF" model champion xgboost_v2
must "a model is retired" "$TIPOFF" model retire "$SECOND"
claim "a retired model does not come back" refused 2 "is retired already" "$TIPOFF" model promote "$SECOND"
claim "every step is there, by whom and why" sql_is "register promote register promote champion rollback champion retire" \
    "select string_agg(action, ' ' order by id) from predictions.model_event where by <> ''"

spoil() {
    python3 -c 'import sys; b = bytearray(open(sys.argv[1], "rb").read()); del b[len(b) // 2:]
open(sys.argv[2], "wb").write(b)' "$WORK/model.json" "$WORK/half.json"
}
must "a file is spoiled" spoil
claim "a corrupt file is refused by name" refused 2 half.json "$TIPOFF" model register "$WORK/half.json" \
    --system xgboost_v1
claim "a model of foreign features is refused with the first of them" refused 2 "input 0 is 'shoe_size'" \
    "$TIPOFF" model register <(sed 's/"points_avg_last_5"/"shoe_size"/' "$WORK/model.json") --system xgboost_v1
claim "a CatBoost file is no model of xgboost_v1" refused 2 "predicts with models of xgboost" \
    "$TIPOFF" model register "$ROOT/tests/fixtures/models/cat_depth2.json" --system xgboost_v1
claim "the list has both models" eval '"$TIPOFF" model list | holds "$FIRST" "$SECOND" retired'

# ---- the backtest ----

BEFORE=$(counts_of_pipeline)
backtest() {
    "$TIPOFF" backtest --from 2025-11-24 --to 2025-12-14 --json --csv "$WORK/rows.csv" --svg "$WORK/picture.svg" \
        >"$WORK/backtest.json"
}
must "a backtest runs" backtest
claim "it writes nothing to the deployment" same "$BEFORE" "$(counts_of_pipeline)"
claim "errors, hit rates, intervals and units are those of its rows" python3 "$ROOT/tests/support/backtest.py" \
    "$WORK/backtest.json" "$WORK/rows.csv"
sed '2s/,\([0-9]*\)\(\.[0-9]\),\([a-z]*\)$/,9\1\2,\3/' "$WORK/rows.csv" >"$WORK/wrong.csv"
claim "a row that is wrong is seen" refused 1 "absolute_error" python3 "$ROOT/tests/support/backtest.py" \
    "$WORK/backtest.json" "$WORK/wrong.csv"
claim "the picture is XML" python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$WORK/picture.svg"
claim "rows are those with a line and five earlier games" sql_is "$(($(wc -l <"$WORK/rows.csv") - 1))" \
    "select 7 * count(*) + count(p.*) from features.ml_feature_store f join analytics.upcoming_player_game_context c
    using (game_date, player_lookup) join analytics.player_game_summary g on g.game_date = f.game_date
    and g.player_lookup = f.player_lookup and g.game_id = f.game_id left join predictions.prediction p
    on p.game_date = f.game_date and p.player_lookup = f.player_lookup and p.is_active
    and p.system_id = 'similarity_balanced_v1' where c.current_points_line is not null
    and c.games_played_season >= 5 and g.minutes > 0 and f.required_default_count = 0
    and f.feature_values[2] is not null and f.game_date between '2025-11-24' and '2025-12-14'"
claim "dates without features are refused" refused 2 "no feature rows of these dates" \
    "$TIPOFF" backtest --from 2024-11-24 --to 2024-12-14
