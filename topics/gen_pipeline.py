#!/usr/bin/env python3
"""Turn topics/*.toml into pipeline_gen.h and pipeline_gen.c, refusing what cannot be right.

usage: gen_pipeline.py topics.toml pipeline.toml feeds.toml OUT.h OUT.c
"""
import sys
import tomllib


def load(path):
    with open(path, "rb") as f:
        return tomllib.load(f)


def enum_name(prefix, name):
    return prefix + name.upper().replace(".", "_").replace("-", "_")


def die(message):
    sys.exit(f"topics/: {message}")


def c_bool(value):
    return "true" if value else "false"


def parse_needs(p, names):
    out = []
    for need in p["needs"]:
        name, _, rest = need.partition(" ")
        if name not in names:
            die(f"{p['name']} needs {name}, which is no processor")
        if rest not in ("", "< D"):
            die(f"{p['name']}: cannot read need '{need}'")
        scope = "NEED_ALL_BEFORE" if rest else "NEED_SAME_DATE"
        same = not rest
        out.append({"name": name, "scope": scope, "hard": same and name in p.get("hard", []),
                    "min_rows": p.get("min_rows", {}).get(name, 0) if same else 0,
                    "max_age_h": p.get("max_age_h", {}).get(name, 0) if same else 0})
    for what in ("hard", "min_rows", "max_age_h"):
        for said in p.get(what, []):
            if not any(n["name"] == said and n["scope"] == "NEED_SAME_DATE" for n in out):
                die(f"{p['name']}: {what} '{said}' is not a same-date need")
    for n in out:
        if n["min_rows"] < 0 or n["max_age_h"] < 0:
            die(f"{p['name']}: a bound on {n['name']} is below zero")
    return out


def order(processors):
    """Needs of the same date first; what is left over is a cycle."""
    done, out, left = set(), [], list(processors)
    while left:
        ready = [p for p in left
                 if all(n["name"] in done for n in p["parsed"] if n["scope"] == "NEED_SAME_DATE")]
        if not ready:
            die("a cycle among " + ", ".join(p["name"] for p in left))
        out += ready
        done |= {p["name"] for p in ready}
        left = [p for p in left if p["name"] not in done]
    return out


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    topics_doc, pipe, feeds = (load(p) for p in sys.argv[1:4])
    processors, defaults = pipe["processor"], topics_doc["defaults"]
    by_name = {p["name"]: p for p in processors}
    feed_names = {f["name"] for f in feeds["feed"]}
    for p in processors:
        p["parsed"] = parse_needs(p, by_name)
        if p.get("feed", "schedule") not in feed_names:
            die(f"{p['name']} brings in {p['feed']}, which is no feed")
        for n in p["parsed"]:
            if (n["scope"] == "NEED_SAME_DATE" and p["timing"] == "pre_game"
                    and by_name[n["name"]]["timing"] == "post_game"):
                die(f"pre_game {p['name']} needs post_game {n['name']} of the same date")
    processors = order(processors)
    topics = topics_doc["topic"]
    topic_names = [t["name"] for t in topics]
    consumers = {t: [] for t in topic_names}
    emitters = {t: [] for t in topic_names}
    for p in processors:
        topic = p["phase"] + ".completed"
        if topic not in topic_names:
            die(f"no topic {topic} for phase {p['phase']}")
        if p["worker"] not in emitters[topic]:
            emitters[topic].append(p["worker"])
        for n in p["parsed"]:
            if by_name[n["name"]]["phase"] == "collect":
                continue  # raw hears of collect through feed.manifest, which says more
            source = by_name[n["name"]]["phase"] + ".completed"
            if p["worker"] not in consumers[source]:
                consumers[source].append(p["worker"])
    for w in pipe.get("worker", []):
        for t in w["consumes"]:
            consumers[t].append(w["name"])
        for t in w["emits"]:
            emitters[t].append(w["name"])
    with_cells = dict.fromkeys(p["worker"] for p in processors if p["phase"] != "collect")
    for t in topics:
        if t.get("for_every_cell"):
            consumers[t["name"]] += with_cells
    for t in topic_names:
        if consumers[t] and not emitters[t]:
            die(f"{t} is consumed by {consumers[t]} and emitted by nobody")

    head = ["/* Generated from topics/. */", "#ifndef TIPOFF_PIPELINE_GEN_H", "#define TIPOFF_PIPELINE_GEN_H", ""]
    head += ["typedef enum {"] + [f"    {enum_name('PROC_', p['name'])}," for p in processors]
    head += ["    PROC_COUNT,", "} ProcessorId;", ""]
    head += ["typedef enum {"] + [f"    {enum_name('TOPIC_', t)}," for t in topic_names]
    head += ["    TOPIC_COUNT,", "} TopicId;", ""]
    head += [f"enum {{ FEED_COUNT = {len(feeds['feed'])} }};", "", "#endif", ""]

    body = ["/* Generated from topics/. */", '#include "libcore/runtime/pipeline.h"', ""]
    for p in processors:
        if not p["parsed"]:
            continue
        body.append(f"static const Need {p['name']}_needs[] = {{")
        for n in p["parsed"]:
            body.append(f"    {{.processor = {enum_name('PROC_', n['name'])}, .scope = {n['scope']}, "
                        f".is_hard = {c_bool(n['hard'])}, .min_rows = {int(n['min_rows'])}, "
                        f".max_age_h = {float(n['max_age_h'])}}},")
        body.append("};")
    body.append("const ProcessorSpec processor_table[PROC_COUNT] = {")
    for p in processors:
        needs = f"{p['name']}_needs" if p["parsed"] else "NULL"
        feed = f'"{p["feed"]}"' if "feed" in p else "NULL"
        body.append(
            f"    {{.id = {enum_name('PROC_', p['name'])}, .name = \"{p['name']}\", .phase = \"{p['phase']}\", "
            f".worker = \"{p['worker']}\", .feed = {feed}, "
            f".is_pre_game = {c_bool(p['timing'] == 'pre_game')}, "
            f".completed_topic = {enum_name('TOPIC_', p['phase'] + '.completed')}, .needs = {needs}, "
            f".need_count = {len(p['parsed'])}, .deadline_hours = {float(p['deadline'])}, "
            f".reads_subscription = {c_bool(p.get('reads_subscription'))}}},")
    body.append("};")
    for t in topics:
        for what, lists in (("consumers", consumers), ("emitters", emitters)):
            names = "".join(f'"{w}", ' for w in lists[t["name"]])
            body.append(f"static const char *const {enum_name('', t['name']).lower()}_{what}[] = {{{names}NULL}};")
    body.append("const TopicSpec topic_table[TOPIC_COUNT] = {")
    for t in topics:
        ident = enum_name("", t["name"]).lower()
        body.append(
            f"    {{.id = {enum_name('TOPIC_', t['name'])}, .name = \"{t['name']}\", .record = \"{t['record']}\", "
            f".key = \"{t['key']}\", .partitions = {t['partitions']}, "
            f".compression = \"{t.get('compression', defaults['compression'])}\", "
            f".retention_days = {t.get('retention_days', defaults['retention_days'])}, "
            f".consumers = {ident}_consumers, .emitters = {ident}_emitters}},")
    body.append("};")
    body.append("const FeedSpec feed_table[FEED_COUNT] = {")
    for f in feeds["feed"]:
        body.append(f"    {{.name = \"{f['name']}\", .is_default = {c_bool(f['subscribed'])}, "
                    f".is_required = {c_bool(f.get('required'))}}},")
    body += ["};", ""]
    with open(sys.argv[4], "w", encoding="utf-8") as f:
        f.write("\n".join(head))
    with open(sys.argv[5], "w", encoding="utf-8") as f:
        f.write("\n".join(body))


main()
