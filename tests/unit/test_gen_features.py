#!/usr/bin/env python3
"""Claims about the feature contract: what is made from it is up to date, and what cannot be is refused."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATOR, CONTRACT = ROOT / "schemas/gen_features.py", ROOT / "schemas/features.toml"


def generated(kind, contract=CONTRACT):
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run([sys.executable, GENERATOR, contract, kind, out.name], capture_output=True, text=True,
                              check=False)
        return Path(out.name).read_text(encoding="utf-8") if done.returncode == 0 else None, done.stderr


def changed(old, new):
    """What the generator says to a contract in which the first such text is another."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.toml"
        shutil.copy(CONTRACT, path)
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return generated("header", path)


# ---- claims: each returns what breaks it ----

def the_page_is_up_to_date():
    page = (ROOT / "schemas/FEATURES.md").read_text(encoding="utf-8")
    return [] if page == generated("markdown")[0] else \
        ["python3 schemas/gen_features.py schemas/features.toml markdown schemas/FEATURES.md"]


def the_newest_migration_with_the_views_has_those_of_the_contract():
    holders = [p for p in sorted((ROOT / "schemas/sql").glob("*.sql"))
               if "view features.ml_feature_store_v2" in p.read_text(encoding="utf-8")]
    if not holders:
        return ["no migration creates the views"]
    sql, text = generated("sql")[0], holders[-1].read_text(encoding="utf-8")
    return [] if sql in text else [f"{holders[-1].name} is not what 'gen_features.py features.toml sql' makes: a changed"
                                   " contract needs a migration that drops the views and creates the new ones"]


def a_contract_that_cannot_be_is_refused():
    cases = [('name = "points_avg_last_10"', 'name = "points_avg_last_5"', "a feature is there twice"),
             ("range = [0, 70]", "range = [70, 0]", "an empty range"),
             ('category = "matchup"', 'category = "match"', "no such upstream or category"),
             ('upstream = "composite"', 'upstream = "composites"', "no such upstream or category"),
             ("weight = 87", "weight = 187", "its canonical type or weight cannot be"),
             ('canonical = "phase3"', 'canonical = "phase5"', "its canonical type or weight cannot be"),
             ('canonical = "phase3"', 'canonical = "default"', "'default' is the canonical type of defaults"),
             ("weight = 0\ncanonical = \"default\"\nis_default = true\nis_effective = false",
              "weight = 5\ncanonical = \"default\"\nis_default = true\nis_effective = false",
              "what is not judged is a default of weight 0"),
             ("min_std = 3.0\n", "", "min_std and min_distinct go together"),
             ("is_critical = true\n", "", "exactly one category is critical"),
             ('version = "v2_37features"', 'version = "v2_39features"', "version v2_39features of 37 features")]
    return [f"{new}: {said.strip() or 'accepted'}" for old, new, why in cases
            for out, said in [changed(old, new)] if out is not None or why not in said]


def no_line_of_the_sql_is_too_long_to_read():
    return [line[:60] for line in generated("sql")[0].splitlines() if len(line) > 130]


def the_page_names_every_feature_once_in_order():
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", generated("markdown")[0], re.M)
    names = re.findall(r"\n\[\[feature\]\]\nname = \"(\w+)\"", CONTRACT.read_text(encoding="utf-8"))
    return [] if [(int(i), n) for i, n in rows] == list(enumerate(names)) and len(names) == 37 else [str(rows)]


CLAIMS = [
    the_page_is_up_to_date,
    the_newest_migration_with_the_views_has_those_of_the_contract,
    a_contract_that_cannot_be_is_refused,
    no_line_of_the_sql_is_too_long_to_read,
    the_page_names_every_feature_once_in_order,
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
