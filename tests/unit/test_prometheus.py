#!/usr/bin/env python3
"""Claims about the checker of metrics that the integration tests trust: what is well-formed passes, and
each kind of fault is found."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.dont_write_bytecode = True
import prometheus  # noqa: E402

GOOD = """# HELP tipoff_events_total Events.
# TYPE tipoff_events_total counter
tipoff_events_total{worker="raw",odd="a\\"b\\\\c\\nd"} 3
tipoff_events_total{worker="b{},=c"} 4
# HELP tipoff_lag_events Behind.
# TYPE tipoff_lag_events gauge
tipoff_lag_events -1.5e-07
# HELP tipoff_left_out Nothing to show now.
# TYPE tipoff_left_out gauge
# HELP tipoff_batch_seconds Time.
# TYPE tipoff_batch_seconds histogram
tipoff_batch_seconds_bucket{le="0.5"} 1
tipoff_batch_seconds_bucket{le="+Inf"} 2
tipoff_batch_seconds_sum 0.75
tipoff_batch_seconds_count 2
"""

# What is replaced, by what, and a word of the fault.
FAULTS = [
    ("tipoff_batch_seconds_count 2\n", "tipoff_batch_seconds_count 2", "does not end"),
    ("# HELP tipoff_lag_events Behind.\n", "", "does not follow its HELP"),
    ("# TYPE tipoff_lag_events gauge\n", "", "without HELP and TYPE"),
    ("# HELP tipoff_lag_events Behind.", "# HELP tipoff_lag_events ", "no help"),
    ("# TYPE tipoff_lag_events gauge", "# TYPE tipoff_lag_events number", "no type"),
    ("tipoff_lag_events -1.5e-07", "tipoff_lag_events -1.5e-07\ntipoff_lag_events 1", "twice"),
    ("tipoff_lag_events -1.5e-07", "tipoff_lag_events one", "no value"),
    ("tipoff_lag_events -1.5e-07", "tipoff_lag-events 1", "no metric name"),
    ("tipoff_lag_events -1.5e-07", "tipoff_lag_events", "no sample"),
    ("tipoff_lag_events -1.5e-07", "tipoff_other 1", "without HELP and TYPE"),
    ('{worker="b{},=c"}', '{worker="b{},=c",}', "comma"),
    ('{worker="b{},=c"}', '{worker=raw}', "label syntax"),
    ('{worker="b{},=c"}', '{1worker="raw"}', "label syntax"),
    ('{worker="b{},=c"}', '{worker="a\\d"}', "label syntax"),
    ('{worker="b{},=c"}', '{a="1",a="2"}', "twice"),
    ("# HELP tipoff_left_out", "# HELP tipoff_events_total Again.\n# HELP tipoff_left_out", "stand together"),
    ("tipoff_events_total", "tipoff_events", "is a counter"),
    ("tipoff_lag_events", "tipoff_lag_total", "is a gauge"),
    ("tipoff_lag_events", "lag_events", "does not start"),
    ("tipoff_lag_events", "tipoff_lag_ms", "base unit"),
    ("tipoff_lag_events", "tipoff_seconds_of_lag", "unit in the middle"),
    ("tipoff_lag_events", "tipoff_lag_count", "part of a histogram"),
    ('odd="a\\"b\\\\c\\nd"} 3', 'odd="x"} -3', "negative"),
    ('_bucket{le="0.5"} 1', '_bucket{le="0.5"} 3', "not cumulative"),
    ('tipoff_batch_seconds_bucket{le="+Inf"} 2\n', "", "no +Inf"),
    ("_seconds_count 2", "_seconds_count 3", "sum or count"),
    ("tipoff_batch_seconds_sum 0.75\n", "", "sum or count"),
    ('le="0.5"', 'lo="0.5"', "without le"),
]


def fault_of(text):
    try:
        prometheus.check(text)
    except prometheus.Fault as fault:
        return str(fault)
    return None


def main():
    failed = 0
    print(f"1..{len(FAULTS) + 2}")
    results = [("what is well-formed passes", fault_of(GOOD) is None, fault_of(GOOD)),
               ("samples are summed by label",
                [prometheus.get(GOOD, "tipoff_events_total", {}),
                 prometheus.get(GOOD, "tipoff_events_total", {"worker": "raw"}),
                 prometheus.get(GOOD, "tipoff_left_out", {})] == ["7", "3", "-"], None)]
    for old, new, word in FAULTS:
        fault = fault_of(GOOD.replace(old, new)) if old in GOOD else "the test's own text lacks it"
        results.append((f"found: {word}, after {new[:40]!r}", fault is not None and word in fault, fault))
    for number, (claim, holds, fault) in enumerate(results, 1):
        failed += not holds
        print(f"{'ok' if holds else 'not ok'} {number} - {claim}")
        if not holds:
            print(f"# {fault}")
    sys.exit(1 if failed else 0)


main()
