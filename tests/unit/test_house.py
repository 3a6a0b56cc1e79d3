#!/usr/bin/env python3
"""Claims about the sources themselves: what may include what, which calls and words must not be there.

Reads the sources beside it and the objects of the build folder ($TIPOFF_BUILD, default build/).
"""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TIPOFF_BUILD", ROOT / "build")).resolve()
FOLDERS = ["libcore", "ops", "schemas", "tests", "topics", "workers"]
PRODUCT = ["libcore", "ops", "workers"]
FLAGS = ["-std=c17", "-D_POSIX_C_SOURCE=200809L", "-D_XOPEN_SOURCE=700", "-I", str(ROOT),
         "-I", str(BUILD / "schemas"), "-I", str(BUILD / "topics")]

# Unbounded, stateful or shell calls, and what to use instead.
BANNED = {
    "strcpy": "memcpy", "stpcpy": "memcpy", "strcat": "Buf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "gets": "fgets", "strtok": "strchr", "atoi": "strtol", "atol": "strtol", "atof": "strtod",
    "localtime": "Instant", "gmtime": "Instant", "ctime": "Instant", "asctime": "Instant",
    "rand": "Rng", "srand": "Rng", "system": "process_run", "popen": "process_run",
}
LIBRARY_HEADER = re.compile(r"<(librdkafka/|libpq-fe\.h|libpq/|avro\.h|avro/|curl/|microhttpd\.h|openssl/)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])', re.M)
ADVISORY = re.compile(r"pg_(?:try_)?advisory_(?:xact_)?(?:un)?lock(?:_shared)?\s*\(([^()]*)\)")
UNFINISHED = re.compile("|".join([r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"(?i:not\s+imple" r"mented)"]))


def files(folders, *suffixes):
    return sorted(p for f in folders for p in (ROOT / f).rglob("*")
                  if p.suffix in suffixes and p.is_file() and "__pycache__" not in p.parts)


def name_of(path):
    return str(path.relative_to(ROOT))


def includes(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def own_includes(path):
    return [i.strip('"') for i in includes(path) if i.startswith('"')]


def code_of(path):
    """The text without comments and strings."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', " ", text, flags=re.S)


def compiler(*args):
    command = os.environ.get("CC", shutil.which("gcc") or "cc").split()
    return subprocess.run([*command, *FLAGS, *args], capture_output=True, text=True, check=False)


def in_parallel(work, items):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [fault for faults in pool.map(work, items) for fault in faults]


# ---- claims: each returns what breaks it ----

def every_header_compiles_alone():
    def check(path):
        done = compiler("-fsyntax-only", "-x", "c", str(path))
        return [] if done.returncode == 0 else [f"{name_of(path)}: {done.stderr.splitlines()[0]}"]
    return in_parallel(check, files(FOLDERS, ".h"))


def libraries_are_included_only_in_libcore_io():
    """Tests may: avro-c is the oracle of the codec."""
    return [f"{name_of(p)} includes {i}" for p in files(PRODUCT, ".c", ".h") for i in includes(p)
            if LIBRARY_HEADER.match(i) and p.parent != ROOT / "libcore/io"]


def includes_point_downwards():
    above = {"libcore/base": ("libcore/io", "libcore/runtime", "workers", "ops"),
             "libcore/io": ("libcore/runtime", "workers", "ops"),
             "libcore/runtime": ("workers", "ops"), "workers": ("ops",)}
    return [f"{name_of(p)} includes {i}" for folder, banned in above.items()
            for p in files([folder], ".c", ".h") for i in own_includes(p) if i.startswith(tuple(b + "/" for b in banned))]


def cores_know_neither_io_nor_runtime():
    """Not through any other header either."""
    def check(path):
        done = compiler("-MM", str(path))
        if done.returncode != 0:
            return [f"{name_of(path)}: {done.stderr.splitlines()[0]}"]
        found = sorted(set(re.findall(r"libcore/(?:io|runtime)/\w+\.h", done.stdout)))
        return [f"{name_of(path)} sees {f}" for f in found]
    return in_parallel(check, [p for p in files(["workers"], ".c") if p.stem.endswith("_core")])


def banned_functions_are_not_linked():
    """By symbol; FORTIFY renames some."""
    objects = [p for f in PRODUCT for p in (BUILD / f).rglob("*.o")] + list((BUILD / "tipoff.p").rglob("*.o"))
    if len(objects) < 50:
        return [f"only {len(objects)} objects in {BUILD}: build first"]
    done = subprocess.run(["nm", "-u", "-A", *map(str, objects)], capture_output=True, text=True, check=True)
    faults = []
    for line in done.stdout.splitlines():
        where, _, symbol = line.rpartition(" ")
        plain = re.sub(r"^__(\w+)_chk$", r"\1", symbol.split("@")[0])
        if plain in BANNED:
            faults.append(f"{Path(where.split(':')[0]).name} calls {plain}; use {BANNED[plain]}")
    return faults


def banned_functions_are_not_called():
    """By name, in the tests too: an optimiser turns atoi into strtol before a symbol shows it."""
    call = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
    return [f"{name_of(p)} calls {name}; use {BANNED[name]}" for p in files(FOLDERS, ".c", ".h")
            for name in call.findall(code_of(p))]


def nothing_says_that_it_is_unfinished():
    texts = [p for f in FOLDERS for p in sorted((ROOT / f).rglob("*"))
             if p.is_file() and "__pycache__" not in p.parts] + [ROOT / "README.md", ROOT / "meson.build"]
    faults = []
    for p in texts:
        for number, line in enumerate(p.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if UNFINISHED.search(line):
                faults.append(f"{name_of(p)}:{number}: {line.strip()[:80]}")
    return faults


def every_source_opens_with_its_path_and_purpose():
    faults = []
    for p in files(FOLDERS, ".c", ".h"):
        lines = p.read_text(encoding="utf-8").splitlines()
        if lines[0] != "/*" or lines[1] != f" * {name_of(p)}" or not lines[2].startswith(" *    "):
            faults.append(f"{name_of(p)}: {' '.join(lines[:2])[:80]}")
    return faults


def the_top_level_has_these_folders_and_no_others():
    here = sorted(p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")
                  and p.name != "build" and p != BUILD)
    return [] if here == FOLDERS else [f"{' '.join(here)} in place of {' '.join(FOLDERS)}"]


def the_readme_names_only_commands_that_exist():
    done = subprocess.run([BUILD / "tipoff", "--help"], capture_output=True, text=True, check=True)
    commands = set(re.findall(r"^  (\w+) ", done.stdout, re.M))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|[`\s/])tipoff ([a-z]+)\b", "\n".join(re.findall(r"`[^`]*`", readme)), re.M))
    faults = [f"tipoff {c}" for c in sorted(named - commands)]
    return faults if named else ["it names none"]


def advisory_locks_are_of_one_purpose():
    """A file is a purpose. (7472, 1) and (7472, 2) are two locks; (7471, $1) is every lock of that number."""
    owners = {}
    faults = []
    for p in files(PRODUCT, ".c", ".h"):
        for numbers in ADVISORY.findall(p.read_text(encoding="utf-8")):
            parts = [n.strip() for n in numbers.split(",")]
            if len(parts) != 2 or not parts[0].isdigit():
                faults.append(f"{name_of(p)}: advisory lock ({numbers}): two numbers, the first one a literal")
            else:
                owners.setdefault(parts[0], {}).setdefault(parts[1] if parts[1].isdigit() else "any", set()).add(name_of(p))
    for first, seconds in owners.items():
        shared = list(seconds.items()) if "any" not in seconds else [("any", set.union(*seconds.values()))]
        faults += [f"advisory lock ({first}, {second}) is taken by {', '.join(sorted(users))}"
                   for second, users in shared if len(users) > 1]
    return faults if owners else ["no advisory lock is found"]


CLAIMS = [
    every_header_compiles_alone,
    libraries_are_included_only_in_libcore_io,
    includes_point_downwards,
    cores_know_neither_io_nor_runtime,
    banned_functions_are_not_linked,
    banned_functions_are_not_called,
    nothing_says_that_it_is_unfinished,
    every_source_opens_with_its_path_and_purpose,
    the_top_level_has_these_folders_and_no_others,
    the_readme_names_only_commands_that_exist,
    advisory_locks_are_of_one_purpose,
]


def main():
    failed = 0
    print(f"1..{len(CLAIMS)}")
    for number, claim in enumerate(CLAIMS, 1):
        faults = claim()
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {claim.__name__}")
        for fault in faults:
            print(f"# {fault}")
    sys.exit(1 if failed else 0)


main()
