#!/usr/bin/env python3
"""Hold every file of a public folder against its JSON Schema.

usage: check_public.py FOLDER [--kinds NAME,...]

Prints how many files of each kind were checked; ends with 1 at the first faults. --kinds: these must be there.
"""
import argparse
import collections
import json
import sys
from pathlib import Path

try:
    import jsonschema
except ImportError:
    sys.exit("python3-jsonschema is missing")

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas/json"


def validators():
    found = {}
    for path in SCHEMAS.glob("*.schema.json"):
        schema = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        found[path.name.removesuffix(".schema.json")] = jsonschema.Draft202012Validator(schema)
    return found


def faults_of(validator, path, document):
    for error in validator.iter_errors(document):
        where = "/".join(map(str, error.absolute_path))
        yield f"{path} {where}: {error.message[:200]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", default="")
    args = parser.parse_args()
    known = validators()
    manifest = json.loads((args.folder / "manifest.json").read_text())
    faults = list(faults_of(known["manifest"], "manifest.json", manifest))
    seen = collections.Counter()
    for path, entry in manifest["files"].items():
        kind = entry["kind"].removesuffix("-latest")
        seen[entry["kind"]] += 1
        if kind not in known:
            faults.append(f"{path}: no schema of kind {kind}")
            continue
        faults += faults_of(known[kind], path, json.loads((args.folder / path).read_text()))
    faults += [f"no file of kind {k}" for k in args.kinds.split(",") if k and not seen[k]]
    faults += [f"no file is of schema {k}" for k in sorted(set(known) - {k.removesuffix("-latest") for k in seen} - {"manifest"})]
    print(", ".join(f"{n} {kind}" for kind, n in sorted(seen.items())))
    if faults:
        sys.exit("\n".join(faults[:20]) + f"\n{len(faults)} faults")


main()
