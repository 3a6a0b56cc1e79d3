#!/usr/bin/env python3
"""Claims about `tipoff quality score` ($TIPOFF, default build/tipoff): lines of sources in, lines of scores out.

The figures of the lettered cases were computed by another implementation of the scorer.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIPOFF = os.environ.get("TIPOFF", str(ROOT / "build/tipoff"))
PCT = ["matchup", "player_history", "team_context", "vegas", "game_context"]


def complete(**changes):
    """The sources of a row of which everything is present, but for stretches given as label="5-8 13"."""
    row = (["phase4"] * 9 + ["calculated"] * 4 + ["phase4"] * 2 + ["phase3"] * 3 + ["phase4"] * 3 + ["calculated"]
           + ["phase4"] * 2 + ["calculated"] + ["vegas"] * 3 + ["calculated"] + ["opponent_history"] * 2
           + ["minutes_ppm"] * 2 + ["calculated"] * 4)
    for label, stretches in changes.items():
        for stretch in stretches.split():
            first, _, last = stretch.partition("-")
            for i in range(int(first), int(last or first) + 1):
                row[i] = label
    return row


def score(*lines):
    """Exit status, the scores and what was complained of. A line may be text, or a list of sources."""
    text = "".join((line if isinstance(line, str) else json.dumps({"sources": line})) + "\n" for line in lines)
    done = subprocess.run([TIPOFF, "quality", "score"], input=text, capture_output=True, text=True, check=False,
                          env={"PATH": os.environ.get("PATH", "")}, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


MATCHUP_GONE = ["all_matchup_features_defaulted", "composite_factors_missing", "opponent_defense_missing"]
# name, sources, score, tier, alert, defaults, required, categories, quality ready, training ready, alerts
GOLDEN = [
    ("A", complete(), 98.14, "gold", "green", 0, 0, [100, 97.7, 100, 100, 96.5], True, True, []),
    ("B", complete(missing="25-27"), 90.03, "silver", "green", 3, 0, [100, 97.7, 100, 25, 96.5], True, True, []),
    ("C", complete(missing="25-27 18-20"), 69.0, "poor", "yellow", 6, 3, [100, 97.7, 100, 25, 69.2], False, False, []),
    ("D", complete(missing="25-27 19"), 69.0, "poor", "yellow", 4, 1, [100, 97.7, 100, 25, 87.4], False, False, []),
    ("E", complete(missing="25-27", default="5-8"), 69.0, "poor", "yellow", 7, 4, [60, 97.7, 100, 25, 96.5], False,
     False, ["composite_factors_missing"]),
    ("F", complete(missing="25-27", default="13-14"), 69.0, "poor", "yellow", 5, 2, [80, 97.7, 100, 25, 96.5], False,
     False, ["opponent_defense_missing"]),
    ("G", complete(missing="25-27", default="5-8 13-14"), 49.0, "critical", "red", 9, 6, [40, 97.7, 100, 25, 96.5],
     False, False, [*MATCHUP_GONE, "high_default_rate_24pct", "matchup_quality_critical"]),
    ("H", complete(missing="25-27 18-20", default="0-8 13-14 22-23 31-32"), 49.0, "critical", "red", 21, 18,
     [40, 66.2, 60, 25, 69.2], False, False, [*MATCHUP_GONE, "high_default_rate_57pct", "matchup_quality_critical"]),
    ("I", complete(phase3="0-2"), 97.08, "gold", "green", 0, 0, [100, 94.7, 100, 100, 96.5], True, True, []),
    ("J", complete(fallback="29-30"), 69.0, "poor", "yellow", 2, 2, [100, 90, 100, 100, 96.5], False, False, []),
]


# ---- claims: each returns what breaks it ----

def the_lettered_cases_score_as_computed_elsewhere():
    status, rows, said = score(*(case[1] for case in GOLDEN))
    faults = [] if (status, len(rows), said) == (0, len(GOLDEN), "") else [f"status {status}, {len(rows)} rows: {said}"]
    for (name, _, points, tier, alert, defaults, required, pct, ready, training, alerts), row in zip(GOLDEN, rows):
        wanted = {"feature_quality_score": points, "quality_tier": tier, "quality_alert_level": alert,
                  "default_feature_count": defaults, "required_default_count": required, "is_quality_ready": ready,
                  "is_training_ready": training, "quality_alerts": alerts, "primary_data_source": "mixed",
                  **{f"{c}_quality_pct": v for c, v in zip(PCT, pct)}}
        faults += [f"{name}: {key} is {row.get(key)}, {value} wanted" for key, value in wanted.items()
                   if row.get(key) != value]
    return faults


def counts_are_those_of_the_complete_row_and_of_one_without_a_line():
    wanted = [{"phase4_feature_count": 23, "phase3_feature_count": 3, "calculated_feature_count": 11,
               "training_quality_feature_count": 37, "critical_feature_count": 6, "optional_feature_count": 31,
               "has_vegas_line": True, "default_feature_indices": [], "matchup_data_status": "COMPLETE"},
              {"phase4_feature_count": 20, "phase3_feature_count": 3, "calculated_feature_count": 11,
               "training_quality_feature_count": 34, "critical_feature_count": 6, "optional_feature_count": 28,
               "has_vegas_line": False, "default_feature_indices": [25, 26, 27]}]
    rows = score(complete(), complete(missing="25-27"))[1]
    return [f"line {n}: {key} is {row.get(key)}" for n, (row, want) in enumerate(zip(rows, wanted), 1)
            for key, value in want.items() if row.get(key) != value] + ([] if len(rows) == 2 else ["not two rows"])


def an_unknown_label_weighs_forty_and_is_no_default():
    status, rows, _ = score(complete(astrology="36"))
    row = rows[0]
    faults = [] if status == 0 else [f"status {status}"]
    if row["feature_quality"][36] != 40 or row["default_feature_count"] != 0 or row["required_default_count"] != 0:
        faults.append(f"{row['feature_quality'][36]}, {row['default_feature_count']} defaults")
    complete_sum = 27 * 100 + 3 * 87 + 3 * 100 + 2 * 90 + 2 * 95
    if row["feature_quality_score"] != round((complete_sum - 60) / 37, 2):
        faults.append(f"score {row['feature_quality_score']}")
    if row["calculated_feature_count"] != 10 or row["optional_feature_count"] != 31:
        faults.append("it counts among the calculated ones, or not among the optional ones")
    return faults


def a_bad_line_is_named_and_the_others_are_scored():
    status, rows, said = score(complete(), "{bad", complete()[:36], "", [*complete()[:36], 5], '{"x": 1}', "[1, 2]",
                               '{"sources": "phase4"}', '{"sources": [], "sources": []}', complete(missing="0"))
    wanted = {2: "no JSON", 3: "36 sources, 37 needed", 5: "source 36 is no text", 6: 'no list "sources"',
              7: 'no list "sources"', 8: 'no list "sources"', 9: "no JSON"}
    lines = said.splitlines()
    faults = [f"line {n} is not complained of as {why}: {said}" for n, why in wanted.items()
              if not any(line.startswith(f"tipoff: line {n}: {why}") for line in lines)]
    faults += [] if len(lines) == len(wanted) else [f"{len(lines)} complaints, {len(wanted)} wanted"]
    faults += [] if status == 1 else [f"status {status}"]
    return faults + ([] if [r["line"] for r in rows] == [1, 10] else [f"scored: {[r['line'] for r in rows]}"])


def nothing_in_gives_nothing_out():
    return [] if score() == (0, [], "") else ["it says something"]


def text_that_is_not_utf8_and_a_line_without_an_end_are_bad_lines():
    done = subprocess.run([TIPOFF, "quality", "score"], input=b'{"sources": ["\xff\xfe"]}\n{"sources":',
                          capture_output=True, check=False, timeout=60)
    said = done.stderr.decode("utf-8", "replace")
    return [] if done.returncode == 1 and "line 1: no JSON" in said and "line 2: no JSON" in said else [said]


def it_takes_no_further_words():
    done = subprocess.run([TIPOFF, "quality", "score", "now"], input="", capture_output=True, text=True, check=False)
    return [] if done.returncode == 2 and "'now' is not understood here" in done.stderr else [done.stderr]


CLAIMS = [
    the_lettered_cases_score_as_computed_elsewhere,
    counts_are_those_of_the_complete_row_and_of_one_without_a_line,
    an_unknown_label_weighs_forty_and_is_no_default,
    a_bad_line_is_named_and_the_others_are_scored,
    nothing_in_gives_nothing_out,
    text_that_is_not_utf8_and_a_line_without_an_end_are_bad_lines,
    it_takes_no_further_words,
]


def main():
    failed = 0
    print(f"1..{len(CLAIMS)}")
    for number, claim in enumerate(CLAIMS, 1):
        faults = claim()
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {claim.__name__}")
        for fault in faults:
            print(f"# {fault}")
    sys.exit(1 if failed else 0)


main()
