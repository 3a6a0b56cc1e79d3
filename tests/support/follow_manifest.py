#!/usr/bin/env python3
"""Read a public folder as a careful reader does, by its manifest, again and again while it is being written.

usage: follow_manifest.py FOLDER STOP_FILE

Every round takes manifest.json and then every object that it names. Prints how many rounds it has made and
how many manifests it has seen; ends with 1 at the first object that is missing or is not what the manifest
says, and at a set of files that do not belong together: a season file that knows of other results than the
newest results file of the same manifest.
"""
import hashlib
import json
import sys
import time
from pathlib import Path


def complain(text):
    sys.exit(text)


def read_round(folder):
    text = (folder / "manifest.json").read_bytes()
    manifest = json.loads(text)
    bodies = {}
    for path, entry in manifest["files"].items():
        try:
            body = (folder / entry["object"]).read_bytes()
        except FileNotFoundError:
            complain(f"{path}: {entry['object']} is missing")
        if len(body) != entry["size"] or hashlib.sha256(body).hexdigest() != entry["sha256"]:
            complain(f"{path}: {entry['object']} is not what the manifest says")
        bodies[path] = body
    check_together(manifest, bodies)
    return hashlib.sha256(text).hexdigest()


def check_together(manifest, bodies):
    """Both were made in one snapshot, unless the season's is put off."""
    latest = manifest["files"].get("results/latest.json")
    season = manifest["files"].get("subsets/season.json")
    if latest is None or season is None or latest["generated_at"] != season["generated_at"]:
        return
    through = json.loads(bodies["subsets/season.json"])["through"]
    if json.loads(bodies["results/latest.json"])["game_date"] != through:
        complain(f"results/latest.json and subsets/season.json, through {through}, are of two exports")


def main():
    folder, stop = Path(sys.argv[1]), Path(sys.argv[2])
    seen, rounds = set(), 0
    while True:
        last = stop.exists()
        if (folder / "manifest.json").exists():
            seen.add(read_round(folder))
            rounds += 1
        if last:
            break
        time.sleep(0.01)
    print(f"{rounds} rounds, {len(seen)} manifests")
    if not seen:
        complain("there was no manifest")


main()
