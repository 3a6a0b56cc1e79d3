#!/usr/bin/env python3
"""Claims about `tipoff model` ($TIPOFF, default build/tipoff): what it shows and predicts, its exit codes, and
that nothing half-done is left behind."""

import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIPOFF = os.environ.get("TIPOFF", str(ROOT / "build/tipoff"))
MODELS = ROOT / "tests/fixtures/models"
NAMED, UNNAMED, BOOSTED = MODELS / "cat_depth6.cbm", MODELS / "cat_depth3.cbm", MODELS / "xgb1_depth5.json"
INPUTS = MODELS / "inputs.csv"


def tipoff(*words, stdin=None):
    return subprocess.run([TIPOFF, "model", *map(str, words)], check=False, capture_output=True, text=True, input=stdin)


def expected(model):
    with open(MODELS / "expected.csv", newline="", encoding="utf-8") as f:
        return [float(row[model.name]) for row in csv.DictReader(f)]


def close(got, wanted):
    return len(got) == len(wanted) and all(abs(a - b) <= 1e-6 for a, b in zip(got, wanted))


def columns_of_inputs(count):
    lines = INPUTS.read_text(encoding="utf-8").splitlines()
    return "".join(",".join(line.split(",")[:count]) + "\n" for line in lines)


def refusal(done, status, *texts):
    """What is wrong with a refusal; nothing goes to stdout that could be taken for a result."""
    faults = [] if done.returncode == status else [f"exit status {done.returncode} in place of {status}"]
    return faults + [f"{done.stderr!r} does not say {t!r}" for t in texts if t not in done.stderr]


# ---- claims: each returns what breaks it ----


def show_says_what_the_file_is(folder):
    done = tipoff("show", NAMED, "--json")
    said = json.loads(done.stdout)
    wanted = {
        "kind": "catboost",
        "format": "CBM1, FlabuffersModel_v1",
        "made_by": "CatBoost release 1.2.10",
        "objective": "RMSE",
        "trees": 6,
        "scale": 1.5,
        "bias": -2.25,
        "sha256": hashlib.sha256(NAMED.read_bytes()).hexdigest(),
        "bytes": NAMED.stat().st_size,
        "depths": [{"depth": 6, "trees": 6}],
    }
    faults = [f"{k}: {said.get(k)} in place of {v}" for k, v in wanted.items() if said.get(k) != v]
    first = {"index": 0, "feature": "points_avg_last_5", "missing": "below (Min)"}
    if len(said["features"]) != 33 or any(said["features"][0][k] != v for k, v in first.items()):
        faults.append(f"features: {said['features'][:1]}")
    text = tipoff("show", NAMED).stdout
    return faults + [f"no {t} for people" for t in (wanted["sha256"], "points_avg_last_5", "depths") if t not in text]


def predictions_are_the_librarys(folder):
    faults = []
    for model, given in ((NAMED, None), (BOOSTED, None), (UNNAMED, columns_of_inputs(5))):
        done = tipoff("predict", "--model", model, "--input", "-" if given else INPUTS, stdin=given)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or lines[0] != "prediction" or not close(list(map(float, lines[1:])), expected(model)):
            faults.append(f"{model.name}: {done.stderr}{lines[:3]}")
    return faults


def json_is_one_object_on_one_line(folder):
    done = tipoff("predict", "--model", NAMED, "--input", INPUTS, "--json")
    said = json.loads(done.stdout)
    ok = (
        done.stdout.count("\n") == 1
        and said["rows"] == len(expected(NAMED))
        and said["ignored_columns"] == 37 - 33
        and close(said["predictions"], expected(NAMED))
    )
    return [] if ok else [done.stdout[:200]]


def output_goes_to_a_file_that_is_there_whole(folder):
    out = folder / "out.csv"
    done = tipoff("predict", "--model", NAMED, "--input", INPUTS, "--output", out, "--json")
    faults = (
        []
        if json.loads(done.stdout) == {"rows": len(expected(NAMED)), "ignored_columns": 4, "output": str(out)}
        else [done.stdout]
    )
    if not close(list(map(float, out.read_text(encoding="utf-8").split()[1:])), expected(NAMED)):
        faults.append("other predictions than expected")
    return faults + [f"{p.name} is left behind" for p in folder.iterdir() if p != out]


def a_failure_leaves_the_old_file_and_no_new_one(folder):
    out = folder / "out.csv"
    out.write_text("old\n", encoding="utf-8")
    lines = INPUTS.read_text(encoding="utf-8").splitlines()
    lines[20] = lines[20].replace(lines[20].split(",")[3], "much", 1)
    bad = folder / "bad.csv"
    bad.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = tipoff("predict", "--model", NAMED, "--input", bad, "--output", out)
    faults = refusal(done, 1, f"{bad} line 21, column", "'much' is no number")
    if out.read_text(encoding="utf-8") != "old\n" or sorted(p.name for p in folder.iterdir()) != ["bad.csv", "out.csv"]:
        faults.append(f"left behind: {sorted(p.name for p in folder.iterdir())}")
    return faults


def what_is_no_file_is_written_to_and_stays_what_it_is(folder):
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        done = tipoff("predict", "--model", NAMED, "--input", INPUTS, "--output", pipe)
        if done.returncode != 0 or not pipe.is_fifo():
            reader.kill()  # it waits for a writer
        got = reader.communicate(timeout=60)[0]
    ok = done.returncode == 0 and pipe.is_fifo() and close(list(map(float, got.split()[1:])), expected(NAMED))
    return [] if ok else [done.stderr + got[:100]]


def any_number_of_rows_streams(folder):
    header, *rows = columns_of_inputs(5).splitlines()
    times = 4000
    done = tipoff("predict", "--model", UNNAMED, "--input", "-", stdin=header + "\n" + ("\n".join(rows) + "\n") * times)
    got = list(map(float, done.stdout.split()[1:]))
    return [] if close(got, expected(UNNAMED) * times) else [f"{len(got)} predictions; {done.stderr}"]


def no_rows_give_no_predictions(folder):
    done = tipoff("predict", "--model", UNNAMED, "--input", "-", "--json", stdin="a,b,c,d,e\n")
    return (
        []
        if json.loads(done.stdout) == {"predictions": [], "rows": 0, "ignored_columns": 0}
        else [done.stdout + done.stderr]
    )


def what_is_missing_or_wrong_is_named(folder):
    def predict(given, model=NAMED):
        return tipoff("predict", "--model", model, "--input", "-", stdin=given)

    broken = folder / "broken.cbm"
    broken.write_bytes(NAMED.read_bytes()[:500])
    return (
        refusal(predict(columns_of_inputs(32)), 1, "stdin line 1: no column ppm_avg_last_10")
        + refusal(predict(columns_of_inputs(4), UNNAMED), 1, "stdin line 1: 4 columns; the model has 5 features")
        + refusal(predict(""), 1, "stdin has no header")
        + refusal(tipoff("show", broken), 1, str(broken), "the file ends at byte 500")
        + refusal(tipoff("show", folder), 2, str(folder), "Is a directory")
        + refusal(tipoff("show", MODELS / "no_lossguide.cbm"), 1, "not symmetric")
        + refusal(tipoff("show", folder / "none.cbm"), 2, "none.cbm", "No such file")
        + refusal(tipoff("predict", "--model", NAMED, "--input", folder / "none.csv"), 2, "none.csv", "No such file")
        + refusal(
            tipoff("predict", "--model", NAMED, "--input", INPUTS, "--output", folder / "none/out.csv"),
            2,
            "none/out.csv",
        )
    )


def a_command_that_is_asked_wrongly_says_how(folder):
    usage = "usage: tipoff model show FILE"
    return (
        refusal(tipoff(), 2, usage)
        + refusal(tipoff("show"), 2, usage)
        + refusal(tipoff("explain", NAMED), 2, usage)
        + refusal(tipoff("show", NAMED, "more"), 2, "'more' is not understood")
        + refusal(tipoff("predict", "--model", NAMED), 2, usage)
        + refusal(tipoff("predict", "--model"), 2, "--model needs a value")
    )


CLAIMS = [
    show_says_what_the_file_is,
    predictions_are_the_librarys,
    json_is_one_object_on_one_line,
    output_goes_to_a_file_that_is_there_whole,
    a_failure_leaves_the_old_file_and_no_new_one,
    what_is_no_file_is_written_to_and_stays_what_it_is,
    any_number_of_rows_streams,
    no_rows_give_no_predictions,
    what_is_missing_or_wrong_is_named,
    a_command_that_is_asked_wrongly_says_how,
]


def main():
    failed = 0
    print(f"1..{len(CLAIMS)}")
    for number, claim in enumerate(CLAIMS, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                faults = claim(Path(folder))
            except (ValueError, KeyError, OSError) as e:
                faults = [repr(e)]
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {claim.__name__}")
        for fault in faults:
            print(f"# {fault}")
    sys.exit(1 if failed else 0)


main()
