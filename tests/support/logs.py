#!/usr/bin/env python3
"""tests/support/logs.py
   Reads log lines, logfmt or JSON, strictly, and holds them against what the database says happened.

usage: tests/support/logs.py FORMAT FOLDER CELLS LETTERS [EVENTS]

   FORMAT    logfmt or json: every line of FOLDER/*.log is of it
   CELLS     a file of "DATE PROCESSOR VERSION" lines: each has a "cell ended" line
   LETTERS   a file of "TOPIC PARTITION OFFSET EVENT_ID" lines: each has a "letter" line
   EVENTS    at level debug: a file of "TOPIC PARTITION OFFSET" lines, each with an "event" line
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

FIELD = re.compile(r'([a-z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"=\\]*))(?: |$)')
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
LEVELS = ("error", "warn", "info", "debug")
# what the lines of an event and of a cell must carry
EVENT = ("topic", "partition", "offset", "event_id", "key", "correlation_id", "worker")
CELL = ("game_date", "processor", "status", "version", "rows", "lane", "run_id", "correlation_id", "worker")


class Fault(Exception):
    pass


def once(pairs):
    fields = {}
    for name, value in pairs:
        if name in fields:
            raise Fault(f"field {name} twice")
        fields[name] = value
    return fields


def read_logfmt(line):
    pairs, at = [], 0
    while at < len(line):
        match = FIELD.match(line, at)
        if not match:
            raise Fault(f"no field at {line[at:at + 60]!r}")
        name, quoted, plain = match.groups()
        pairs.append((name, json.loads(f'"{quoted}"') if quoted is not None else plain))
        at = match.end()
    return once(pairs)


def read_json(line):
    fields = json.loads(line, object_pairs_hook=once)
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        raise Fault("no object of texts")
    return fields


def read(kind, folder):
    parse = {"logfmt": read_logfmt, "json": read_json}[kind]
    for path in sorted(Path(folder).glob("*.log")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                fields = parse(line)
                if not TIME.fullmatch(fields.get("time", "")) or fields.get("level") not in LEVELS:
                    raise Fault("no time or level")
                if not fields.get("event"):
                    raise Fault("no event")
            except (Fault, ValueError) as fault:
                sys.exit(f"{path}:{number}: {fault}: {line[:200]}")
            yield f"{path}:{number}", fields


def need(where, fields, names):
    missing = [n for n in names if fields.get(n, "") == ""]
    if missing:
        sys.exit(f"{where}: '{fields['event']}' lacks {' '.join(missing)}")


def wanted(path):
    return [tuple(line.split(" ", 3)) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def compare(what, want, found, exactly):
    for key in want:
        if found[key] == 0 or (exactly and found[key] > 1):
            sys.exit(f"{found[key]} '{what}' lines of {' '.join(key)}")
    if not want:
        sys.exit(f"nothing to compare '{what}' lines with")


def main(words):
    kind, folder, cells, letters, *events = words
    found = {"cell ended": Counter(), "letter": Counter(), "event": Counter()}
    for where, f in read(kind, folder):
        if f["event"] == "cell ended":
            need(where, f, CELL)
            found["cell ended"][f["game_date"], f["processor"], f["version"]] += 1
        elif f["event"] == "letter":
            need(where, f, (*EVENT, "class", "error", "at"))
            found["letter"][f["topic"], f["partition"], f["offset"], f["event_id"]] += 1
        elif f["event"] == "event":
            need(where, f, EVENT)
            found["event"][f["topic"], f["partition"], f["offset"]] += 1
    compare("cell ended", wanted(cells), found["cell ended"], exactly=False)  # a re-run may keep its version
    compare("letter", wanted(letters), found["letter"], exactly=False)
    if events:
        compare("event", wanted(events[0]), found["event"], exactly=True)


if len(sys.argv) not in (5, 6):
    sys.exit(__doc__)
main(sys.argv[1:])
