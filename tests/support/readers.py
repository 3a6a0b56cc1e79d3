#!/usr/bin/env python3
"""Which cells read some others, at any remove, by topics/pipeline.toml alone.

usage: readers.py PIPELINE.toml CELLS <CHOSEN

CELLS is a file with a line "DATE PROCESSOR" for every cell there is; CHOSEN such lines. Prints the readers
that are not chosen themselves, sorted.
"""
import sys
import tomllib


def season(date):
    year, month = int(date[:4]), int(date[5:7])
    return year if month >= 7 else year - 1


def main():
    with open(sys.argv[1], "rb") as f:
        processors = {p["name"]: p for p in tomllib.load(f)["processor"]}
    with open(sys.argv[2], encoding="utf-8") as f:
        cells = {tuple(line.split()) for line in f if line.strip()}
    chosen = {tuple(line.split()) for line in sys.stdin if line.strip()}
    reached, todo = set(), list(chosen)
    while todo:
        date, name = todo.pop()
        for d, p in cells - reached - chosen:
            needs = processors[p]["needs"]
            if (d == date and name in needs) or (d > date and season(d) == season(date) and f"{name} < D" in needs):
                reached.add((d, p))
                todo.append((d, p))
    for cell in sorted(reached):
        print(*cell)


main()
