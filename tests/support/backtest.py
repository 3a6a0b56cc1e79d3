#!/usr/bin/env python3
"""Makes the figures of a backtest a second time, from its rows alone, and holds what 'tipoff backtest --json' said
against them.

usage: backtest.py BACKTEST.json ROWS.csv
"""
import csv
import json
import math
import sys
from collections import defaultdict
from decimal import Decimal

Z95 = 1.959963984540054
EDGES = (0, 3, 5)
BINS = (0, 5, 10, 15, 20, 25, 30)


def outcome_of(row):
    """Of the side of the line on which the prediction falls; '' when it falls on the line."""
    predicted, line, actual = Decimal(row["predicted_points"]), Decimal(row["line"]), Decimal(row["actual_points"])
    if predicted == line:
        return ""
    if actual == line:
        return "push"
    return "hit" if (predicted > line) == (actual > line) else "miss"


def wilson(hits, n):
    share = hits / n
    middle = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    return 100 * (middle - half), 100 * (middle + half)


def key_of(row):
    return row["game_date"], row["player_lookup"]


def row_faults(row):
    error = abs(Decimal(row["predicted_points"]) - Decimal(row["actual_points"]))
    if error != Decimal(row["absolute_error"]):
        yield f"{row['player_lookup']} {row['game_date']}: absolute_error {row['absolute_error']} is {error}"
    if outcome_of(row) != row["outcome"]:
        yield f"{row['player_lookup']} {row['game_date']}: outcome {row['outcome']!r} is {outcome_of(row)!r}"
    # the margin is of the unrounded prediction, which the rounded one is within 0.05 of
    margin = Decimal(row["predicted_points"]) - Decimal(row["line"])
    if abs(margin - Decimal(row["line_margin"])) > Decimal("0.056"):
        yield f"{row['player_lookup']} {row['game_date']}: line_margin {row['line_margin']} is {margin}"
    if row["system_id"] == "market_line" and margin != 0:
        yield f"{row['player_lookup']} {row['game_date']}: the market predicts {row['predicted_points']}"


def figures(rows):
    errors = [Decimal(r["predicted_points"]) - Decimal(r["actual_points"]) for r in rows]
    return {
        "n": len(rows),
        "mae": float(sum(map(abs, errors)) / len(rows)),
        "rmse": math.sqrt(sum(e * e for e in errors) / len(rows)),
        "bias": float(sum(errors) / len(rows)),
    }


def pick_figures(rows, edge):
    outcomes = [r["outcome"] for r in rows if abs(Decimal(r["line_margin"])) >= edge and r["outcome"]]
    hits, misses, pushes = (outcomes.count(o) for o in ("hit", "miss", "push"))
    n = hits + misses
    low, high = wilson(hits, n) if n else (None, None)
    return {
        "decided": n, "hits": hits, "misses": misses, "pushes": pushes, "hit_pct": 100 * hits / n if n else None,
        "hit_pct_low": low, "hit_pct_high": high, "units": 0.909 * hits - misses,
    }


def bin_figures(rows):
    by_bin = defaultdict(list)
    for r in rows:
        by_bin[max(b for b in BINS if float(r["predicted_points"]) >= b)].append(r)
    return {
        start: {"n": len(of), "predicted": sum(float(r["predicted_points"]) for r in of) / len(of),
                "actual": sum(float(r["actual_points"]) for r in of) / len(of)}
        for start, of in by_bin.items()
    }


def differences(where, wanted, said, places):
    for name, value in wanted.items():
        got = said[name]
        if (value is None) != (got is None):
            yield f"{where}: {name} {got} is {value}"
        elif value is not None and abs(got - value) > 0.5001 * 10**-places:
            yield f"{where}: {name} {got} is {value}"


def panel_faults(document, title, by_system):
    """The figures of one table, and of its picks."""
    for said in document[title]:
        yield from differences(f"{title} {said['system']}", figures(by_system[said["system"]]), said, 3)
    for said in document[f"{title}_picks"]:
        wanted = pick_figures(by_system[said["system"]], said["edge"])
        yield from differences(f"{title} {said['system']} at {said['edge']}", wanted, said, 2)
    if len(document[f"{title}_picks"]) != len(by_system) * len(EDGES):
        yield f"{title}: edges are missing"


def faults(document, rows):
    by_system = defaultdict(list)
    for row in rows:
        by_system[row["system_id"]].append(row)
        yield from row_faults(row)
    if {s["system"] for s in document["common"]} != set(by_system):
        yield f"systems {[s['system'] for s in document['common']]} are {sorted(by_system)}"
    keys = {system: {key_of(r) for r in of} for system, of in by_system.items()}
    everywhere = {s["system"] for s in document["systems"]}
    everything = set().union(*keys.values())
    if any(keys[system] != everything for system in everywhere):
        yield "systems are not judged on the same rows"
    shared = set.intersection(*keys.values())
    common = {system: [r for r in of if key_of(r) in shared] for system, of in by_system.items()}
    by_system = {system: of for system, of in by_system.items() if system in everywhere}
    yield from panel_faults(document, "systems", by_system)
    yield from panel_faults(document, "common", common)
    bins = {system: bin_figures(of) for system, of in by_system.items()}
    for said in document["calibration"]:
        yield from differences(f"{said['system']} from {said['from']}", bins[said["system"]].pop(int(said["from"])), said, 2)
    if any(bins.values()):
        yield f"bins are missing: {bins}"


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        document = json.load(f)
    with open(sys.argv[2], newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    found = list(faults(document, rows)) if rows else ["there are no rows"]
    print("\n".join(found[:20]))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
