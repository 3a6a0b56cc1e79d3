#!/usr/bin/env python3
"""Compares two accounts of the feature rows, each a JSON line a row: game_date, player_lookup, values (null
where there is none) and sources.

usage: compare.py [--show N] INDEPENDENT PIPELINE

Prints a line a feature with differences, the first ones in full, and rows that only one has. A value agrees
within 1e-9, absolute or relative. Exit status 1 when anything differs, and when there is nothing to compare."""
import argparse
import collections
import json
import sys

TOLERANCE = 1e-9


def read_rows(path):
    rows = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            key = row["game_date"], row["player_lookup"]
            if key in rows:
                sys.exit(f"{path}: two rows of {key[1]} on {key[0]}")
            rows[key] = row
    return rows


def agree(a, b):
    if a is None or b is None:
        return a is b
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))


def differences(own, other):
    """(index, what) of each feature of a row that differs; a row of another width differs as a whole."""
    if not len(own["values"]) == len(own["sources"]) == len(other["values"]) == len(other["sources"]):
        return [(-1, "another number of features")]
    found = []
    for index, pair in enumerate(zip(own["values"], other["values"], own["sources"], other["sources"])):
        a, b, source_a, source_b = pair
        if not agree(a, b) or source_a != source_b:
            found.append((index, f"{a} ({source_a}) against {b} ({source_b})"))
    return found


def show_rows(title, keys, limit):
    if keys:
        print(f"{len(keys)} {title}")
        for date, player in sorted(keys)[:limit]:
            print(f"  {date} {player}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", type=int, default=5, help="differences to show a feature")
    parser.add_argument("independent")
    parser.add_argument("pipeline")
    options = parser.parse_args()
    own, other = read_rows(options.independent), read_rows(options.pipeline)
    shared = sorted(set(own) & set(other))
    found = collections.defaultdict(list)
    for key in shared:
        for index, what in differences(own[key], other[key]):
            found[index].append((key, what))
    show_rows("rows are only in the independent account", set(own) - set(other), options.show)
    show_rows("rows are only in the pipeline's", set(other) - set(own), options.show)
    for index in sorted(found):
        print(f"feature {index}: {len(found[index])} of {len(shared)} differ")
        for (date, player), what in found[index][:options.show]:
            print(f"  {date} {player}: {what}")
    count = sum(len(values) for values in found.values())
    dates = len({date for date, _ in shared})
    print(f"{len(shared)} rows of {dates} dates compared, {count} features differ, "
          f"{len(set(own) ^ set(other))} rows are on one side only")
    return 1 if count or set(own) != set(other) or not shared else 0


if __name__ == "__main__":
    sys.exit(main())
