#!/usr/bin/env python3
"""tests/support/faults.py
   Spoils a folder of feeds, makes events that no worker can use, and says which cells a fault may touch.

usage: tests/support/faults.py files FROM TO TABLE   copies FROM to TO with one fault a file, and lists them in TABLE
       tests/support/faults.py schedule FROM TO      likewise with a spoilt schedule; prints what was done
       tests/support/faults.py event KIND GOOD OUT DATE
                                                     writes to OUT an event made from the good one in GOOD
       tests/support/faults.py reach GRAPH CLEAN RUN CELL...
                                                     compares two files of hashes: only what reads one of the
                                                     cells (DATE/PROCESSOR) may differ. GRAPH: 'tipoff graph --json'

A line of TABLE: name, feed, date, what collect makes of it (refused, rejected, repeated, harmless), how many rows
it rejects, and a text that its message must hold; between tabs.
"""
import csv
import datetime
import io
import json
import os
import shutil
import sys

ENCODING = "utf-8"


# ---- files

class Rows:
    """A CSV file in hand: header, rows, and its text as it stands."""

    def __init__(self, path):
        with open(path, encoding=ENCODING, newline="") as f:
            self.text = f.read()
        self.header, *self.rows = list(csv.reader(io.StringIO(self.text)))
        self.name = "/".join(path.split("/")[-2:])

    def at(self, column):
        return self.header.index(column)

    def bytes(self, end="\n"):
        out = io.StringIO()
        csv.writer(out, lineterminator=end).writerows([self.header] + self.rows)
        return out.getvalue().encode(ENCODING)

    def lines(self):
        return self.bytes().decode(ENCODING).splitlines(keepends=True)

    def game(self, columns):
        """The indexes of all rows of the first row's game."""
        places = [self.at(c) for c in columns]
        wanted = {self.rows[0][p] for p in places}
        return [i for i, r in enumerate(self.rows) if {r[p] for p in places} == wanted]


TEAMS = {"boxscores": ("Tm", "Opp"), "shots": ("HOME_TEAM", "AWAY_TEAM"), "props": ("home_team", "away_team"),
         "injuries": ("team",), "game_lines": ("home_team", "away_team")}


def broken_number(f):
    f.rows[3][f.at("PTS")] = "tenn"
    return f.bytes(), 1, f"{f.name} line 5 PTS: not a whole number: 'tenn'"


def wrong_header(f):
    lines = f.lines()
    lines[0] = "player,market,bookmaker,side,line,price,home_team,away_team,commence_time\n"
    return "".join(lines).encode(ENCODING), 0, "; this is the header of props"


def missing_column(f):
    place = f.at("line")
    for row in [f.header] + f.rows:
        del row[place]
    return f.bytes(), 0, f"{f.name} line 1: no column line; the header has player, market"


def other_order(f):
    f.header.reverse()
    for row in f.rows:
        row.reverse()
    return f.bytes(), 0, ""


def empty(f):
    return b"", 0, f"{f.name} is empty: not even a header"


def byte_order_mark(f):
    return b"\xef\xbb\xbf" + f.bytes(), 0, ""


def crlf(f):
    return f.bytes("\r\n"), 0, ""


def open_quote(f):
    lines = f.lines()
    lines[4] = '"' + lines[4]
    return "".join(lines).encode(ENCODING), 1, f"{f.name} line 5 {f.header[0]}: a quote that is never closed"


def latin1(f):
    place = f.at("Player")
    f.rows[2][place] = "J\xf6rgensen"
    lines = f.bytes().decode(ENCODING).splitlines(keepends=True)
    return b"".join(line.encode("latin-1" if i == 3 else ENCODING) for i, line in enumerate(lines)), 1, \
        f"{f.name} line 4 Player: not UTF-8 (0xF6, byte 2 of the field)"


def utf16(f):
    return f.bytes().decode(ENCODING).encode("utf-16"), 0, f"{f.name} is UTF-16; save it as UTF-8"


def twice(f):
    game = f.game(TEAMS[f.name.split("/")[0]])
    f.rows += [list(f.rows[i]) for i in game]
    return f.bytes(), 0, f"{len(game)} rows stand twice and count once"


def twice_otherwise_box(f):
    f.rows += [list(f.rows[i]) for i in f.game(TEAMS["boxscores"])]
    f.rows[-1][f.at("AST")] = "77"
    return f.bytes(), 1, f"{f.name} line {len(f.rows) + 1} Player: stands in line "


def twice_otherwise_shots(f):
    f.rows += [list(f.rows[i]) for i in f.game(TEAMS["shots"])]
    f.rows[-2][f.at("LOC_Y")] = "99.5"
    return f.bytes(), 1, f"{f.name} line {len(f.rows)}: the game is listed a second time from line "


def twice_otherwise_injuries(f):
    f.rows.append(list(f.rows[0]))
    f.rows[-1][f.at("status")] = "probable" if f.rows[0][f.at("status")] != "probable" else "out"
    return f.bytes(), 1, f"{f.name} line {len(f.rows) + 1} player: stands in line 2 already, with other values"


def twice_otherwise_game_lines(f):
    f.rows += [list(f.rows[i]) for i in f.game(TEAMS["game_lines"])]
    f.rows[-1][f.at("price")] = "-7777"
    return f.bytes(), 1, f"{f.name} line {len(f.rows) + 1} outcome: stands in line "


def unknown_status(f):
    f.rows[0][f.at("status")] = "hurt"
    return f.bytes(), 1, f"{f.name} line 2 status: neither out, doubtful, questionable, probable nor available: 'hurt'"


def no_report_time(f):
    f.rows[0][f.at("report_time")] = ""
    return f.bytes(), 1, f"{f.name} line 2 report_time: empty"


def missing_report_time(f):
    place = f.at("report_time")
    for row in [f.header] + f.rows:
        del row[place]
    return f.bytes(), 0, f"{f.name} line 1: no column report_time; the header has game_date, team"


def third_team(f):
    spread = next(i for i, r in enumerate(f.rows) if r[f.at("market")] == "spreads")
    f.rows[spread][f.at("outcome")] = "Harlem Globetrotters"
    return f.bytes(), 1, f"{f.name} line {spread + 2} outcome: the team is neither at home nor away"


def no_point(f):
    total = next(i for i, r in enumerate(f.rows) if r[f.at("market")] == "totals")
    f.rows[total][f.at("point")] = ""
    return f.bytes(), 1, f"{f.name} line {total + 2} point: empty"


def wrong_date(f):
    place, game = f.at("Data"), f.game(TEAMS["boxscores"])
    next_day = str(datetime.date.fromisoformat(f.rows[0][place]) + datetime.timedelta(1))
    for i in game:
        f.rows[i][place] = next_day
    return f.bytes(), len(game), f"{f.name} line 2 Data: belongs to {next_day}, not to this file's date"


def future_date(f):
    f.rows[1][f.at("Data")] = "2087-01-01"
    return f.bytes(), 1, f"{f.name} line 3 Data: belongs to 2087-01-01, not to this file's date"


def long_line(f):
    lines = f.lines()
    lines.insert(3, "x" * 10_000_000 + "\n")
    return "".join(lines).encode(ENCODING), 1, f"{f.name} line 4 {f.header[0]}: a line longer than 1 MiB"


# name, feed, what collect makes of it, how. The dates are given out from the last one back.
FILE_FAULTS = [
    ("a broken number", "boxscores", "rejected", broken_number),
    ("a wrong header", "shots", "refused", wrong_header),
    ("columns in another order", "boxscores", "harmless", other_order),
    ("a missing column", "props", "refused", missing_column),
    ("an empty file", "boxscores", "refused", empty),
    ("a byte-order mark", "props", "harmless", byte_order_mark),
    ("CRLF", "shots", "harmless", crlf),
    ("a quote never closed", "props", "rejected", open_quote),
    ("Latin-1 text", "boxscores", "rejected", latin1),
    ("UTF-16 text", "props", "refused", utf16),
    ("a game's shots twice", "shots", "repeated", twice),
    ("a game's box scores twice", "boxscores", "repeated", twice),
    ("a game's lines twice", "props", "repeated", twice),
    ("a game's box scores twice, and otherwise", "boxscores", "rejected", twice_otherwise_box),
    ("a game's shots twice, and otherwise", "shots", "rejected", twice_otherwise_shots),
    ("a game listed under the wrong date", "boxscores", "rejected", wrong_date),
    ("a date in the far future", "boxscores", "rejected", future_date),
    ("10 MB on one line", "props", "rejected", long_line),
    ("a status that is none", "injuries", "rejected", unknown_status),
    ("a report without its time", "injuries", "rejected", no_report_time),
    ("a missing column", "injuries", "refused", missing_report_time),
    ("a report of another status", "injuries", "rejected", twice_otherwise_injuries),
    ("a team's reports twice", "injuries", "repeated", twice),
    ("columns in another order", "injuries", "harmless", other_order),
    ("an empty file", "injuries", "refused", empty),
    ("a team of another game", "game_lines", "rejected", third_team),
    ("a total without a point", "game_lines", "rejected", no_point),
    ("UTF-16 text", "game_lines", "refused", utf16),
    ("a game's lines twice", "game_lines", "repeated", twice),
    ("a game's lines twice, and otherwise", "game_lines", "rejected", twice_otherwise_game_lines),
    ("a byte-order mark", "game_lines", "harmless", byte_order_mark),
    ("a quote never closed", "game_lines", "rejected", open_quote),
]


def spoil_files(source, target, table):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    taken = set()
    dates = {feed: sorted(f[:-4] for f in os.listdir(f"{source}/{feed}")) for feed in TEAMS}
    with open(table, "w", encoding=ENCODING) as out:
        for name, feed, outcome, spoil in FILE_FAULTS:
            date = next(d for d in reversed(dates[feed]) if (feed, d) not in taken)
            taken.add((feed, date))
            raw, rejected, message = spoil(Rows(f"{source}/{feed}/{date}.csv"))
            with open(f"{target}/{feed}/{date}.csv", "wb") as f:
                f.write(raw)
            out.write("\t".join([name, feed, date, outcome, str(rejected), message]) + "\n")


def spoil_schedule(source, target):
    """Prints NAME=VALUE lines for the shell."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    f = Rows(f"{source}/schedule.csv")
    date, team = f.at("GAME_DATE"), f.at("HOME_TEAM")
    dates = sorted({r[date] for r in f.rows})
    games = {d: [i for i, r in enumerate(f.rows) if r[date] == d] for d in dates}
    full = [d for d in dates if len(games[d]) > 1]
    broken, moved, goal = full[-1], full[-3], full[-2]
    f.rows[games[broken][0]][team] = "Harlem Globetrotters"
    f.rows[games[moved][0]][date] = goal
    f.rows.append(list(f.rows[games[full[0]][0]]))  # the same again
    f.rows.append(list(f.rows[games[full[1]][0]]))  # otherwise
    f.rows[-1][f.at("GAME_ID")] = "0000000000"
    f.rows.append(list(f.rows[games[full[2]][0]]))
    f.rows[-1][date] = "2087-01-01"
    for name in ("TIP_OFF_UTC",):
        if name in f.header:
            f.rows[-1][f.at(name)] = ""
            f.rows[games[moved][0]][f.at(name)] = ""
    with open(f"{target}/schedule.csv", "wb") as out:
        out.write(f.bytes())
    print(f"BROKEN={broken}\nBROKEN_LINE={games[broken][0] + 2}\nMOVED={moved}\nGOAL={goal}\n"
          f"OTHERWISE_LINE={len(f.rows)}\nFUTURE_LINE={len(f.rows) + 1}")


# ---- events: single-object framing, then a record whose first fields are strings and a date

FRAME_BYTES = 10


def zigzag(number):
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 0x7f:
        out.append((number & 0x7f) | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def skip_varint(raw, at):
    while raw[at] & 0x80:
        at += 1
    return at + 1


def varint(raw, at):
    end, value = skip_varint(raw, at), 0
    for i, byte in enumerate(raw[at:end]):
        value |= (byte & 0x7f) << (7 * i)
    return (value >> 1) ^ -(value & 1), end


def date_place(raw):
    """Where the date stands: behind the strings that come before it. A completion has three of them, a part one;
    a date is no length of a string of these."""
    at = FRAME_BYTES
    while True:
        value, end = varint(raw, at)
        if 10000 < value < 100000:
            return at, end
        at = end + value


def with_date(raw, date):
    start, end = date_place(raw)
    days = (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days
    return raw[:start] + zigzag(days) + raw[end:]


EVENTS = {
    "truncated": lambda raw, date: raw[:len(raw) // 2],
    "unknown": lambda raw, date: raw[:2] + b"\xde\xad\xbe\xef\xde\xad\xbe\xef" + raw[FRAME_BYTES:],
    "magic": lambda raw, date: b"\xc4\x01" + raw[2:],
    "negative": lambda raw, date: raw[:FRAME_BYTES] + zigzag(-5) + raw[FRAME_BYTES + 1:],
    "huge": lambda raw, date: raw + b"x" * 5_000_000,
    "incompressible": lambda raw, date: raw + os.urandom(5_000_000),
    "dated": with_date,
}


def make_event(kind, good, out, date):
    with open(good, "rb") as f:
        raw = f.read()
    with open(out, "wb") as f:
        f.write(EVENTS[kind](raw, date))


# ---- reach

def read_hashes(path):
    with open(path, encoding=ENCODING) as f:
        return {tuple(line.split()[:2]): line.split()[2:] for line in f}


def consumers(graph):
    """processor -> [(who reads it, whether of every later date instead of the same)]"""
    readers = {}
    for row in graph["graph"]:
        for need in row["needs"].split(", "):
            words = need.split()
            readers.setdefault(words[0], []).append((row["processor"], words[1:3] == ["<", "D"]))
    return readers


def reached(readers, dates, cells):
    seen, todo = set(), list(cells)
    while todo:
        cell = todo.pop()
        if cell in seen:
            continue
        seen.add(cell)
        for processor, is_later in readers.get(cell[1], []):
            todo += [(d, processor) for d in dates if (d > cell[0] if is_later else d == cell[0])]
    return seen


def compare(graph, clean, run, cells):
    with open(graph, encoding=ENCODING) as f:
        readers = consumers(json.load(f))
    want, got = read_hashes(clean), read_hashes(run)
    may = reached(readers, sorted({d for d, _ in want}), [tuple(c.split("/")) for c in cells])
    differ = {c for c in want.keys() | got.keys() if want.get(c) != got.get(c)}
    stray = sorted(differ - may)
    print(f"{len(want)} cells, {len(want.keys() - may)} out of reach, {len(differ)} differ, {len(stray)} of them stray")
    for cell in stray[:10]:
        print(" ".join(cell), want.get(cell), got.get(cell))
    return 1 if stray or not want.keys() - may else 0


def main(words):
    if len(words) == 4 and words[0] == "files":
        spoil_files(*words[1:])
    elif len(words) == 3 and words[0] == "schedule":
        spoil_schedule(*words[1:])
    elif len(words) == 5 and words[0] == "event" and words[1] in EVENTS:
        make_event(*words[1:])
    elif len(words) > 3 and words[0] == "reach":
        return compare(words[1], words[2], words[3], words[4:])
    else:
        sys.exit(__doc__)
    return 0


sys.exit(main(sys.argv[1:]))
