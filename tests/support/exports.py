#!/usr/bin/env python3
"""Claims about `tipoff features export`: both formats read back to exactly what stands in the table.

usage: exports.py ROWS.jsonl EXPORT.csv EXPORT.jsonl
ROWS.jsonl holds a line of row_to_json() a row of the table, in its order; "ok - " and "not ok - " lines come out.
"""
import csv
import json
import sys

ARRAYS = {"feature_values": "_value", "feature_source": "_source", "feature_quality": "_quality",
          "feature_sample_size": "_sample_size"}
MEMBERS = {"feature_values": "values", "feature_source": "sources", "feature_quality": "quality",
           "feature_sample_size": "sample_sizes"}
STAMPS = {"as_of", "computed_at"}


def claim(what, faults):
    print(("not ok - " if faults else "ok - ") + what)
    for fault in faults[:10]:
        print(f"#   {fault}")


def of_csv(text, like):
    """A cell as the table's own value would be; like is that value."""
    if text == "" and like is None:
        return None
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(like, list):
        items = text.split(";") if text else []
        return [type(v)(i) for i, v in zip(items, like)] if len(items) == len(like) else items
    return type(like)(text) if like is not None else text


def differences(wanted, csv_row, json_row, names):
    for column, value in wanted.items():
        if column in STAMPS or column == "row_hash":
            continue
        if column not in ARRAYS:
            if json_row[column] != value:
                yield f"jsonl {column}: {json_row[column]!r} for {value!r}"
            if of_csv(csv_row[column], value) != value:
                yield f"csv {column}: {csv_row[column]!r} for {value!r}"
            continue
        if json_row[MEMBERS[column]] != value:
            yield f"jsonl {column}: {json_row[MEMBERS[column]]} for {value}"
        cells = [of_csv(csv_row[name + ARRAYS[column]], v) for name, v in zip(names, value)]
        if cells != value:
            yield f"csv {column}: {cells} for {value}"


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        table = [json.loads(line) for line in f]
    with open(sys.argv[2], encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        csv_rows = list(reader)
    with open(sys.argv[3], encoding="utf-8") as f:
        json_rows = [json.loads(line) for line in f]
    header = reader.fieldnames
    at = header.index("points_avg_last_5_value")
    names = [name.removesuffix("_value") for name in header[at:at + 37]]
    claim("an export has every row, in the table's order",
          [f"{len(csv_rows)} rows of CSV, {len(json_rows)} of JSON, {len(table)} in the table"]
          if not len(csv_rows) == len(json_rows) == len(table) > 0 else
          [f"row {n}" for n, (t, c, j) in enumerate(zip(table, csv_rows, json_rows))
           if not (t["game_date"], t["player_lookup"]) == (c["game_date"], c["player_lookup"])
           == (j["game_date"], j["player_lookup"])])
    claim("every value, source, quality and column of it reads back exactly as it stands in the table",
          [f"{t['player_lookup']} {t['game_date']}: {d}" for t, c, j in zip(table, csv_rows, json_rows)
           for d in differences(t, c, j, names)])
    claim("every line of JSON has 37 values and 37 sources",
          [str(j["player_lookup"]) for j in json_rows if len(j["values"]) != 37 or len(j["sources"]) != 37])
    claim("the CSV has every array as 37 columns, named by its features, and no name twice",
          [name + s for name in names for s in ARRAYS.values() if name + s not in header]
          + ([] if names[36] == "breakout_flag" else [names[36]])
          + [name for name in set(header) if header.count(name) > 1])


main()
