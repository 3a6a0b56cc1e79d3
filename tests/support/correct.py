#!/usr/bin/env python3
"""tests/support/correct.py
   Corrects a folder of feeds as sources do afterwards, in place, and says whom that concerns.

usage: tests/support/correct.py KIND DIR DATE

   KIND
   points   a missed free throw of the date's first game went in; the winner stays the winner
   fouls    a player had one personal foul more, from which nothing is computed
   quarter  a shot fell in another quarter, which is kept and read by nobody
   line     every line of one player for his points is one point higher

Prints the player, his team and the other one as the file has them, between tabs.
"""
import csv
import sys
from pathlib import Path


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        header, *rows = list(csv.reader(f))
    return header, rows


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([header] + rows)


def points(header, rows):
    """Of a player who won, so that nothing turns."""
    at = header.index
    for r in rows:
        if r[at("Res")] == "W" and int(r[at("FT")]) < int(r[at("FTA")]):
            for column in ("FT", "PTS"):
                r[at(column)] = str(int(r[at(column)]) + 1)
            return r[at("Player")], r[at("Tm")], r[at("Opp")]
    sys.exit("nobody of the winners has missed a free throw")


def fouls(header, rows):
    r = rows[0]
    r[header.index("PF")] = str(int(r[header.index("PF")]) + 1)
    return r[header.index("Player")], r[header.index("Tm")], r[header.index("Opp")]


def quarter(header, rows):
    r = rows[0]
    r[header.index("QUARTER")] = "4" if r[header.index("QUARTER")] != "4" else "3"
    return r[header.index("PLAYER_NAME")], r[header.index("TEAM_NAME")], "-"


def line(header, rows):
    at = header.index
    name = next(r[at("player")] for r in rows if r[at("market")] == "player_points")
    for r in rows:
        if r[at("player")] == name and r[at("market")] == "player_points":
            r[at("line")] = str(float(r[at("line")]) + 1)
    return name, "-", "-"


KINDS = {"points": ("boxscores", points), "fouls": ("boxscores", fouls), "quarter": ("shots", quarter),
         "line": ("props", line)}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    feed, correct = KINDS[sys.argv[1]]
    path = Path(sys.argv[2]) / feed / f"{sys.argv[3]}.csv"
    header, rows = read(path)
    print("\t".join(correct(header, rows)))
    write(path, header, rows)


main()
