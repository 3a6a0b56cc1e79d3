#!/usr/bin/env python3
"""Claims about the table of commands ($TIPOFF, default build/tipoff): every command has examples that are its own, help,
completion and manual name all of them; and what operators of such systems do by hand, and must be able to rely on,
is a command of the table, a claim of a test, or none of ours for one reason."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIPOFF = os.environ.get("TIPOFF", str(ROOT / "build/tipoff"))


def tipoff(*words):
    return subprocess.run([TIPOFF, *words], check=False, capture_output=True, text=True)


COMMANDS = {c["name"]: c for c in json.loads(tipoff("help", "--json").stdout)["commands"]}


def command(*forms):
    return ("command", forms)


def claim(file, text):
    return ("claim", file, text)


def not_ours(reason):
    return ("not ours", reason)


SHIPPING = "a deployment is one binary of one commit: how it comes to a machine is the machine's matter"

# What operators do by hand, most often done first.
ACTIONS = {
    1: ("counts by date, system and tier", command("status", "sql counts", "sql predictions")),
    2: ("read logs of a service", command("logs --level --date --grep", "why")),
    3: ("ship a service", not_ours(SHIPPING)),
    4: ("compare what runs with the main branch", command("drift")),
    5: ("the morning check", command("validate", "health --deep")),
    6: ("which commit and environment runs", command("version", "drift", "config show")),
    7: ("deep data checks", command("validate", "quality", "contamination", "export check")),
    8: ("recompute history", command("backfill --phase --processor --only", "collect --again")),
    9: ("repair rows, add columns", command("migrate", "repair --reason --dry-run", "dlq edit")),
    10: ("ship an orchestrator", not_ours(SHIPPING)),
    11: ("see or force a gate", command("gate show", "gate override --reason --expires")),
    12: ("a quick look", command("health")),
    13: ("is a service up", command("health --deep")),
    14: ("grade a date", command("grade")),
    15: ("run a phase now", command("run")),
    16: ("restore alerts", command("alerts test")),
    17: ("fetch a missing source", command("collect --data --from --to")),
    18: ("what is undeployed", command("drift")),
    19: ("compare the tracker with the rows", claim("tests/unit/test_gate.c",
                                                   "features_open_only_when_all_four_precompute_cells_are_terminal")),
    20: ("set flags of a service", command("config set --reason")),
    21: ("did a timer fire", command("timers")),
    22: ("pause or resume a source", command("pause --reason", "resume")),
    23: ("train, compare, promote", command("train", "backtest", "model promote", "model rollback")),
    24: ("redo predictions of a date", command("predict --mode --reason")),
    25: ("publish or check files", command("export", "export check")),
    26: ("kick a phase with a message", command("event emit --from --reason", "run", "replay --topic")),
    27: ("remove litter", command("gc --dry-run --reason")),
    28: ("which feature is bad", command("quality --feature", "quality bad", "quality training")),
    29: ("push what is left over", not_ours("a commit that is not in the repository is in no build; 'drift' names builds")),
    30: ("produce predictions", command("predict --mode")),
    31: ("progress and time left", command("backfill status", "report --progress", "status --watch")),
    32: ("compare schema and live tables", command("schema check")),
    33: ("backlog and dead letters", command("lag skip --reason", "dlq list", "dlq show", "dlq retry", "dlq skip")),
    34: ("recompute analytics of dates", command("run", "backfill --phase")),
    35: ("what is stuck", command("stuck", "why", "dlq retry")),
    36: ("mark a batch complete", command("batch show", "batch reset --reason")),
    37: ("reset a circuit breaker", command("breaker list", "breaker reset --reason")),
    38: ("who ran when", command("runs --of --failed", "retry --dry-run")),
    39: ("shift traffic to an old revision", not_ours(SHIPPING)),
    40: ("close a stalled batch", command("batch sweep")),
    41: ("progress of a batch", command("batch show")),
    42: ("recompute features of a date", command("run", "gate override --reason")),
    43: ("deploy faster", not_ours(SHIPPING)),
    44: ("clear a batch by force", command("batch reset --reason")),
}

# What must hold.
RELIED_ON = {
    1: ("features wait for the whole precompute set", claim("tests/integration/test_gate_orders.c",
                                                        "no_order_runs_features_early_or_twice")),
    2: ("duplicates and other orders change nothing", claim("tests/integration/faults.sh", "claim_undisturbed")),
    3: ("a kill at any point changes nothing", claim("tests/integration/kill.sh", "claim_undisturbed")),
    4: ("a shut gate says why, with numbers", claim("tests/unit/test_gate.c", "a_short_hard_need_holds_with_its_numbers")),
    5: ("every request ends, a batch closes itself", claim("tests/unit/test_batch.c",
                                                          "a_silent_live_batch_is_partial_after_ten_minutes")),
    6: ("a wrong schema stops a worker before it joins", claim("tests/integration/refuse.sh",
                                                              "once the column is back the worker starts")),
    7: ("no predictions is seen, once", claim("tests/integration/test_check_round.c",
                                            "games_without_predictions_are_one_alert_three_hours_before_the_first_tip_off")),
    8: ("a late event reruns its dependants alone", claim("tests/unit/test_affected.c",
                                                         "no_correction_of_a_made_up_season_escapes_the_rules")),
    9: ("a replay goes through the same code", command("replay --topic", "backfill")),
    10: ("one process to several", claim("tests/integration/scale.sh", "three processes share the partitions of raw")),
    11: ("letters say all, and are mended on record", command("dlq show", "dlq retry", "dlq audit")),
    12: ("every action by hand is one command", claim("tests/unit/test_operator_commands.py", "actions_are_commands")),
    13: ("the Eastern game day everywhere", claim("tests/unit/test_date.c", "a_late_game_belongs_to_its_eastern_day")),
    14: ("no default passes as data", claim("tests/unit/test_coordinator.c",
                                           "a_zero_of_required_defaults_does_not_fall_through_to_all_defaults")),
    15: ("rows are checked when they are written", claim("tests/integration/season.sh",
                                                        "no row was rejected but for the usage of a few seconds")),
    16: ("one open alert a cause", claim("tests/integration/test_alerts.c",
                                         "many_identical_failures_in_several_processes_are_one_alert")),
    17: ("the build of each run", claim("tests/integration/operate.sh", "every cell that has ended is there, by its build")),
    18: ("an override needs reason, operator and end", claim("tests/integration/gate.sh", "without a reason it is refused")),
    19: ("what has not come is an alarm", claim("tests/integration/monitor.sh",
                                              "the cells of the late date are alerts")),
    20: ("no sleeping in consumers", claim("tests/integration/test_due_times.c",
                                      "what_a_process_took_and_died_with_is_another_ones_after_a_minute")),
}


def is_there(form):
    """What is wrong with a command as it is written in the tables."""
    words = form.split()
    row = COMMANDS.get(words[0])
    if row is None:
        return [f"there is no command '{words[0]}'"]
    text = " ".join([row["usage"], *row["verbs"]])
    names = re.findall(r"--[a-z-]+|[a-z-]+", text)
    if words[0] == "sql":
        names += [p.stem for p in (ROOT / "ops/sql").glob("*.sql")]
    return [f"'{words[0]}' has no '{w}'" for w in words[1:] if w not in names]


def lines_of_live_tests():
    """Of the scripts that run commands against a pipeline of their own; a continued line is one. What a claim says is
    none of it."""
    for path in sorted((ROOT / "tests/integration").glob("*.sh")):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in text.split("\n"):
            yield re.sub(r'^\s*(#.*|(claim|must) "[^"]*")', "", line)


LIVE = list(lines_of_live_tests())


def is_run_live(form):
    """What of a command no such test runs: itself with its verb, or one of its options."""
    name, *rest = form.split()
    verbs = [w for w in rest if not w.startswith("--")]
    called = rf'(^|[\s("]){re.escape(" ".join([name, *verbs]))}([\s);]|$)'
    lines = [line for line in LIVE if re.search(called, line)]
    if not lines:
        return [f"no test in tests/integration runs '{' '.join([name, *verbs])}'"]
    return [f"no test in tests/integration runs '{name}' with {o}" for o in rest if o.startswith("--")
            and not any(o in line for line in lines)]


def rows_are_covered(table, count):
    faults = [f"row {n} is missing" for n in range(1, count + 1) if n not in table]
    for n, (what, answer) in table.items():
        if answer[0] == "command":
            faults += [f"{n} ({what}): {f}" for form in answer[1] for f in is_there(form)]
        elif answer[0] == "claim":
            path = ROOT / answer[1]
            if not path.is_file() or answer[2] not in path.read_text(encoding="utf-8"):
                faults.append(f"{n} ({what}): {answer[1]} does not claim '{answer[2]}'")
        elif not answer[1]:
            faults.append(f"{n} ({what}): without a reason")
    return faults


def actions_are_commands():
    return rows_are_covered(ACTIONS, 44)


def every_action_is_run_against_a_live_pipeline():
    return [f"{n} ({what}): {f}" for n, (what, answer) in ACTIONS.items() if answer[0] == "command"
            for form in answer[1] for f in is_run_live(form)]


def what_is_relied_on_is_claimed():
    return rows_are_covered(RELIED_ON, 20)


def a_row_that_is_wrong_is_seen():
    wrong = {1: ("", command("statsu")), 2: ("", command("dlq mend")), 3: ("", command("runs --feiled")),
             4: ("", claim("tests/unit/test_gate.c", "no_such_claim")), 5: ("", not_ours(""))}
    seen = len(rows_are_covered(wrong, 6))
    return [] if seen == 6 else [f"{seen} of 6 faults were seen"]


def every_command_has_examples_of_its_own():
    faults = []
    for name, row in COMMANDS.items():
        if not row["examples"]:
            faults.append(f"{name} has no example")
        for example in row["examples"]:
            words = shlex.split(example.partition(" > ")[0])
            if words[0] != name:
                faults.append(f"{name} has the example '{example}'")
            options = [w.partition("=")[0] for w in words if w.startswith("--")]
            known = row["usage"] + " --json --help " + " ".join(config_flags())
            faults += [f"'{example}': {name} has no {o}" for o in options if o not in known.replace("|", " ").split()
                       and o not in re.findall(r"--[a-z-]+", known)]
            if row["verbs"] and len(words) > 1 and not words[1].startswith("-") and words[1] not in row["verbs"]:
                faults.append(f"'{example}': {name} has no {words[1]}")
    return faults


def config_flags():
    return ["--" + re.sub(r"[._]", "-", o["option"])
            for o in json.loads(tipoff("config", "--json").stdout)["options"]]


def help_says_usage_sentence_and_examples():
    faults = []
    for name, row in COMMANDS.items():
        said = tipoff("help", name).stdout
        if said != tipoff(name, "--help").stdout:
            faults.append(f"help {name} and {name} --help differ")
        faults += [f"help {name} lacks '{w}'" for w in [row["usage"], row["help"], *row["examples"]] if w not in said]
    return faults


def the_list_has_every_command():
    lines = tipoff("help").stdout
    return [f"help lacks {n}" for n in COMMANDS if not re.search(rf"^  {n} ", lines, re.M)]


def completion_has_every_command_verb_and_option():
    faults = []
    for shell in ("bash", "zsh", "fish"):
        script = tipoff("completion", shell).stdout
        for name, row in COMMANDS.items():
            words = [name, *row["verbs"], *re.findall(r"--[a-z-]+", row["usage"])]
            faults += [f"{shell}: {name} lacks {w}" for w in words if w not in re.findall(r"[a-z-]+", script)]
        if shutil.which(shell) and shell != "fish":
            checked = subprocess.run([shell, "-n"], input=script, check=False, capture_output=True, text=True)
            faults += [f"{shell}: {checked.stderr}"] if checked.returncode else []
    return faults


def the_manual_has_every_command():
    page = tipoff("man").stdout
    faults = [f"man lacks {n}" for n in COMMANDS if f"\n.SS {n}\n" not in page]
    faults += [f"man: a line begins a request by mistake: {line}" for line in page.splitlines()
               if line.startswith((".", "'")) and not re.match(r"\.(TH|SH|SS|PP|TP|nf|fi|br|B|I)\b", line)]
    return faults


def what_is_asked_wrongly_ends_with_2():
    faults = []
    for words in (["help", "statsu"], ["completion", "csh"], ["completion"], ["schema"], ["schema", "chekc"], ["sql"],
                  ["sql", "cuonts"], ["config", "set"], ["config", "set", "batch.lingerms", "3"], ["runs"],
                  ["runs", "2025-13-01"], ["why", "2025-11-01", "predicitons"], ["gc", "--keep", "1h"], ["logs", "--level", "loud"]):
        done = tipoff(*words)
        if done.returncode != 2 or done.stdout or not done.stderr:
            faults.append(f"{' '.join(words)}: status {done.returncode}, said {done.stdout!r} {done.stderr!r}")
    return faults


CLAIMS = [
    actions_are_commands,
    every_action_is_run_against_a_live_pipeline,
    what_is_relied_on_is_claimed,
    a_row_that_is_wrong_is_seen,
    every_command_has_examples_of_its_own,
    help_says_usage_sentence_and_examples,
    the_list_has_every_command,
    completion_has_every_command_verb_and_option,
    the_manual_has_every_command,
    what_is_asked_wrongly_ends_with_2,
]


def main():
    failed = 0
    print(f"1..{len(CLAIMS)}")
    for number, check in enumerate(CLAIMS, 1):
        faults = check()
        failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {check.__name__}")
        for fault in faults:
            print(f"# {fault}")
    sys.exit(1 if failed else 0)


main()
