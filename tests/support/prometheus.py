#!/usr/bin/env python3
"""tests/support/prometheus.py
   Reads the text exposition format 0.0.4 as strictly as promtool's linter, and answers questions about it.

usage: tests/support/prometheus.py check FILE...
       tests/support/prometheus.py get FILE NAME [LABEL=VALUE...]    the sum of the samples; "-" without any

A family's HELP and TYPE come once and before its samples, its samples stand together, no sample comes
twice, counters and only they end in _total, histograms are cumulative and agree with their counts.
"""
import math
import re
import sys

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
VALUE = re.compile(r"[-+]?(\d+(\.\d*)?([eE][-+]?\d+)?|\.\d+|Inf)|NaN")
TYPES = ("counter", "gauge", "histogram")
PREFIX = "tipoff_"
UNITS = ("seconds", "bytes")


class Fault(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Fault(what)


class Family:
    def __init__(self, name, text):
        self.name, self.text, self.type = name, text, None
        self.samples = {}  # (sample name, sorted labels) -> value


def parse_labels(text):
    labels, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        need(match, f"label syntax at {text[at:]!r}")
        name, value = match.groups()
        need(name not in labels, f"label {name} twice")
        need(not name.startswith("__"), f"label {name} is reserved")
        labels[name] = value
        at = match.end()
        need(at == len(text) or text[at] == ",", f"label syntax at {text[at:]!r}")
        at += at < len(text)
        need(at < len(text) or not text.endswith(","), "a comma after the last label")
    return labels


def parse_sample(line):
    match = re.fullmatch(r"([^\s{]+)(?:\{(.*)\})? (\S+)", line)
    need(match, f"no sample: {line!r}")
    name, labels, value = match.groups()
    need(NAME.fullmatch(name), f"{name!r} is no metric name")
    need(VALUE.fullmatch(value), f"{value!r} is no value")
    return name, parse_labels(labels or ""), float(value)


def belongs(family, name):
    if family.type == "histogram":
        return name in (family.name + "_bucket", family.name + "_sum", family.name + "_count")
    return name == family.name


def parse(text):
    need(text.endswith("\n"), "the last line does not end")
    families, current = {}, None
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            if line.startswith("# HELP "):
                name, _, words = line[7:].partition(" ")
                need(NAME.fullmatch(name), f"{name!r} is no metric name")
                need(name not in families, f"HELP of {name} twice, or its samples do not stand together")
                need(words.strip() == words and words, f"{name} has no help")
                current = families[name] = Family(name, words)
            elif line.startswith("# TYPE "):
                name, _, kind = line[7:].partition(" ")
                need(current and current.name == name, f"TYPE of {name} does not follow its HELP")
                need(current.type is None and not current.samples, f"TYPE of {name} twice, or after a sample")
                need(kind in TYPES, f"{kind!r} is no type")
                current.type = kind
            else:
                name, labels, value = parse_sample(line)
                need(current and current.type and belongs(current, name), f"{name} without HELP and TYPE before it")
                key = (name, tuple(sorted(labels.items())))
                need(key not in current.samples, f"{name}{labels} twice")
                current.samples[key] = value
        except Fault as fault:
            raise Fault(f"line {number}: {fault}") from None
    return families


def lint_name(f):
    need(f.name.startswith(PREFIX), f"{f.name} does not start with {PREFIX}")
    need((f.type == "counter") == f.name.endswith("_total"), f"{f.name} is a {f.type}")
    for word in ("_count", "_sum", "_bucket"):
        need(not f.name.endswith(word), f"{f.name} ends as a part of a histogram does")
    need(not re.search(r"_(ms|millis|minutes|kb|kilobytes)(_|$)", f.name), f"{f.name} is not in a base unit")
    stem = f.name.removesuffix("_total")
    for unit in UNITS:
        need(f"_{unit}" not in stem or stem.endswith(f"_{unit}"), f"{f.name} has its unit in the middle")


def lint_histogram(f):
    series = {}
    for (name, labels), value in f.samples.items():
        rest = tuple(kv for kv in labels if kv[0] != "le")
        part = series.setdefault(rest, {"buckets": []})
        if name.endswith("_bucket"):
            bound = dict(labels).get("le")
            need(bound is not None, f"a bucket of {f.name} without le")
            part["buckets"].append((float(bound.replace("Inf", "inf")), value))
        else:
            part[name.rsplit("_", 1)[1]] = value
    for rest, part in series.items():
        buckets = part["buckets"]
        need(buckets and buckets == sorted(buckets) and len({b for b, _ in buckets}) == len(buckets),
             f"the bounds of {f.name}{rest} do not rise")
        need(math.isinf(buckets[-1][0]), f"{f.name}{rest} has no +Inf bucket")
        need([v for _, v in buckets] == sorted(v for _, v in buckets), f"{f.name}{rest} is not cumulative")
        need("sum" in part and part.get("count") == buckets[-1][1], f"{f.name}{rest}: sum or count")


def check(text):
    families = parse(text)
    need(families, "nothing at all")
    for f in families.values():
        need(f.type, f"{f.name} has no TYPE")
        lint_name(f)
        if f.type == "histogram":
            lint_histogram(f)
        if f.type == "counter":
            need(all(v >= 0 and not math.isnan(v) for v in f.samples.values()), f"{f.name} is negative")
    return families


def get(text, name, wanted):
    found = [value for f in check(text).values() for (n, labels), value in f.samples.items()
             if n == name and wanted.items() <= dict(labels).items()]
    return f"{sum(found):.15g}" if found else "-"


def main(words):
    if len(words) >= 2 and words[0] == "check":
        for path in words[1:]:
            try:
                check(open(path, encoding="utf-8", newline="").read())
            except Fault as fault:
                sys.exit(f"{path}: {fault}")
    elif len(words) >= 3 and words[0] == "get":
        print(get(open(words[1], encoding="utf-8", newline="").read(), words[2],
                  dict(w.split("=", 1) for w in words[3:])))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
