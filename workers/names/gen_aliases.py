#!/usr/bin/env python3
# workers/names/gen_aliases.py
#    Turns aliases.csv into a sorted C table; refuses chains, doubles and names that are not ASCII.
import csv
import re
import sys


def lookup(name):
    if not name.isascii():
        sys.exit(f"aliases.csv: {name}: write it without accents")
    return re.sub("[^a-z0-9]", "", name.lower())


def read_rows(path):
    with open(path, newline="") as f:
        lines = [line for line in f if line.strip() and not line.startswith("#")]
    rows = {}
    for row in csv.DictReader(lines):
        key = lookup(row["spelling"])
        if key in rows:
            sys.exit(f"aliases.csv: {row['spelling']} stands there twice")
        rows[key] = (row["spelling"], row["player"], lookup(row["player"]))
    for spelling, player, target in rows.values():
        if target in rows:
            sys.exit(f"aliases.csv: {spelling} leads to {player}, which is itself a spelling")
    return rows


def main():
    rows = read_rows(sys.argv[1])
    out = ["/* Generated from aliases.csv. */", '#include "workers/names/aliases.h"', "",
           "const NameAlias name_aliases[] = {"]
    out += [f'    {{"{spelling}", "{player}", "{key}", "{target}"}},'
            for key, (spelling, player, target) in sorted(rows.items())]
    out += ["};", f"const size_t name_alias_count = {len(rows)};", ""]
    with open(sys.argv[2], "w") as f:
        f.write("\n".join(out))


main()
