#!/usr/bin/env python3
"""Claims about schemas/gen_avro.py: what it records, and that former versions go into the build."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = "predict_progress"
FIRST = "f31038d5b953d97e"  # fastavro's, as in test_codec.c


class Copy:
    """The schemas in a folder of their own, to be changed."""

    def __init__(self, folder):
        self.root = Path(folder)
        shutil.copytree(ROOT / "schemas" / "avro", self.root / "avro")
        shutil.copy(ROOT / "schemas" / "gen_avro.py", self.root)
        self.path = self.root / "avro" / f"{SCHEMA}.avsc"

    def run(self, *args):
        done = subprocess.run([sys.executable, str(self.root / "gen_avro.py"), *map(str, args)], capture_output=True,
                              text=True, check=True)
        return done.stdout

    def change(self, change):
        schema = json.loads(self.path.read_text(encoding="utf-8"))
        change(schema)
        self.path.write_text(json.dumps(schema), encoding="utf-8")

    def versions(self):
        return sorted(p.name for p in (self.root / "avro" / "history" / SCHEMA).iterdir())


def add_field(schema):
    schema["fields"].append({"name": "added", "type": ["null", "string"], "default": None})


def add_default(schema):
    schema["fields"][-1]["default"] = 0


def add_doc(schema):
    schema["doc"] = schema["fields"][0]["doc"] = "other words"


# ---- claims: each returns what breaks it ----

def every_schema_of_the_repository_is_recorded(copy):
    said = copy.run("record")
    return [said] if said else []


def a_changed_schema_becomes_the_next_version_once(copy):
    copy.change(add_field)
    first, second = copy.run("record"), copy.run("record")
    names = copy.versions()
    recorded = (copy.root / "avro" / "history" / SCHEMA / names[-1]).read_bytes()
    return [text for text, wrong in [
        (f"said {first!r}", f"{SCHEMA}/0002_" not in first), (f"said {second!r} the second time", second != ""),
        (f"{names}", len(names) != 2 or names[0] != f"0001_{FIRST}.avsc" or not names[1].startswith("0002_")),
        ("the version differs from the schema", recorded != copy.path.read_bytes())] if wrong]


def other_words_are_no_version(copy):
    copy.change(add_doc)
    return [copy.run("record")] if copy.run("record") else []


def a_default_is_a_version_though_the_fingerprint_stays(copy):
    copy.change(add_default)
    copy.run("record")
    names = copy.versions()
    return [] if names == [f"0001_{FIRST}.avsc", f"0002_{FIRST}.avsc"] else [str(names)]


def former_versions_go_into_the_build(copy):
    header, source, deps = (copy.root / name for name in ("events_gen.h", "events_gen.c", "events_gen.d"))

    def former():
        copy.run(header, source, deps, *sorted((copy.root / "avro").glob("*.avsc")))
        text = source.read_text(encoding="utf-8")
        return text[text.index("former_event_schemas[]"):]
    before = former()
    copy.change(add_field)
    copy.run("record")
    table = former()
    compiled = subprocess.run([os.environ.get("CC", "gcc"), "-std=c17", "-Wall", "-Wextra", "-Werror",
                               "-Wno-missing-field-initializers", "-fsyntax-only", "-I", str(copy.root), "-I", str(ROOT),
                               str(source)], capture_output=True, text=True, check=False)
    faults = [compiled.stderr] if compiled.returncode else []
    if FIRST in before or table.count(f"UINT64_C(0x{FIRST})") != 1 or \
            table.count("UINT64_C(") != before.count("UINT64_C(") + 1:
        faults.append(f"the table of former versions is {table}")
    if f"{SCHEMA}/0001_{FIRST}.avsc" not in deps.read_text(encoding="utf-8"):
        faults.append("the build does not depend on the history")
    return faults


CLAIMS = [
    every_schema_of_the_repository_is_recorded,
    a_changed_schema_becomes_the_next_version_once,
    other_words_are_no_version,
    a_default_is_a_version_though_the_fingerprint_stays,
    former_versions_go_into_the_build,
]


def main():
    failed = 0
    print(f"1..{len(CLAIMS)}")
    for number, claim in enumerate(CLAIMS, 1):
        with tempfile.TemporaryDirectory() as folder:
            faults = claim(Copy(folder))
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {claim.__name__}")
        for fault in faults:
            print(f"# {fault}")
    sys.exit(1 if failed else 0)


main()
