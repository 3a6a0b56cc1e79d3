#!/usr/bin/env python3
"""Turn schemas/features.toml into C tables, the SQL of the feature views, or schemas/FEATURES.md.

usage: gen_features.py features.toml header|source|sql|markdown OUT
"""
import json
import re
import sys
import tomllib

CANONICAL = ("phase4", "phase3", "calculated", "unknown", "default")
NO_PROCESSOR = "calculated"


def die(message):
    sys.exit(f"schemas/features.toml: {message}")


def load(path):
    with open(path, "rb") as f:
        contract = tomllib.load(f)
    check(contract)
    return contract


def check(c):
    """Refuses what cannot be right: a typo here would be a wrong number in every row."""
    upstreams = {u["name"] for u in c["upstream"]}
    categories = {g["name"] for g in c["category"]}
    names = [f["name"] for f in c["feature"]]
    for kind, key in (("category", "name"), ("upstream", "name"), ("source", "label"), ("feature", "name")):
        values = [row[key] for row in c[kind]]
        if len(set(values)) != len(values):
            die(f"a {kind} is there twice")
    if sum(g.get("is_critical", False) for g in c["category"]) != 1:
        die("exactly one category is critical")
    for s in c["source"]:
        if s["canonical"] not in CANONICAL or not 0 <= s["weight"] <= 100:
            die(f"source {s['label']}: its canonical type or weight cannot be")
        if (s["canonical"] == "default") != s.get("is_default", False):
            die(f"source {s['label']}: 'default' is the canonical type of defaults, and of nothing else")
        if not s.get("is_effective", True) and (s["weight"] != 0 or not s.get("is_default", False)):
            die(f"source {s['label']}: what is not judged is a default of weight 0")
    for f in c["feature"]:
        if f["upstream"] not in upstreams or f["category"] not in categories:
            die(f"feature {f['name']}: no such upstream or category")
        if not f["range"][0] < f["range"][1]:
            die(f"feature {f['name']}: an empty range")
        if ("min_std" in f) != ("min_distinct" in f):
            die(f"feature {f['name']}: min_std and min_distinct go together")
    if c["version"] != f"v2_{len(names)}features":
        die(f"version {c['version']} of {len(names)} features")


def enum_name(prefix, name):
    return prefix + name.upper()


def c_text(s):
    return "NULL" if s is None else json.dumps(s)


def c_bool(b):
    return "true" if b else "false"


def c_enum(out, prefix, names, type_name, comments, more=()):
    out.append("typedef enum {")
    for name in names:
        note = f" /* {comments[name]} */" if name in comments else ""
        out.append(f"    {enum_name(prefix, name)},{note}")
    out += [f"    {prefix}COUNT,", *more, f"}} {type_name};", ""]


def header(c):
    out = ["/* Generated from schemas/features.toml. */", "#ifndef TIPOFF_FEATURE_CONTRACT_GEN_H",
           "#define TIPOFF_FEATURE_CONTRACT_GEN_H", ""]
    c_enum(out, "FEATURE_", [f["name"] for f in c["feature"]], "FeatureIndex", {})
    critical = next(g["name"] for g in c["category"] if g.get("is_critical"))
    c_enum(out, "CATEGORY_", [g["name"] for g in c["category"]], "FeatureCategory",
           {g["name"]: g["description"] for g in c["category"]},
           [f"    CATEGORY_CRITICAL = {enum_name('CATEGORY_', critical)},"])
    out.append("/* What a value is read from. */")
    c_enum(out, "UPSTREAM_", [u["name"] for u in c["upstream"]], "FeatureUpstream",
           {u["name"]: u["table"] for u in c["upstream"]})
    out.append("/* Where a value comes from. */")
    c_enum(out, "FEATURE_SOURCE_", [s["label"] for s in c["source"]], "FeatureSource",
           {s["label"]: s["description"] for s in c["source"]})
    out += ["#endif", ""]
    return "\n".join(out)


def source(c):
    out = ["/* Generated from schemas/features.toml. */", '#include "workers/features/feature_contract.h"', "",
           "#include <stddef.h>", "", f"const char feature_version[] = {c_text(c['version'])};",
           f"const char quality_version[] = {c_text(c['quality_version'])};", "",
           "const char *const feature_category_names[CATEGORY_COUNT] = {"]
    out += [f"    [{enum_name('CATEGORY_', g['name'])}] = {c_text(g['name'])}," for g in c["category"]]
    out += ["};", "", "const int feature_category_sizes[CATEGORY_COUNT] = {"]
    out += [f"    [{enum_name('CATEGORY_', g['name'])}] = {sum(f['category'] == g['name'] for f in c['feature'])},"
            for g in c["category"]]
    out += ["};", "", "const char *const feature_category_producers[CATEGORY_COUNT] = {"]
    out += [f"    [{enum_name('CATEGORY_', g['name'])}] = {c_text(producers_of(c, g['name']))}," for g in c["category"]]
    out += ["};", "", "const FeatureUpstreamSpec feature_upstream_table[UPSTREAM_COUNT] = {"]
    out += [f"    [{enum_name('UPSTREAM_', u['name'])}] = {{{c_text(u['table'])}, {c_text(u.get('processor'))}}},"
            for u in c["upstream"]]
    out += ["};", "", "const FeatureSpec feature_contract[FEATURE_COUNT] = {"]
    for f in c["feature"]:
        out += [f"    [{enum_name('FEATURE_', f['name'])}] = {{",
                f"        .name = {c_text(f['name'])},",
                f"        .category = {enum_name('CATEGORY_', f['category'])},",
                f"        .upstream = {enum_name('UPSTREAM_', f['upstream'])},",
                f"        .origin = {c_text(f['origin'])},",
                f"        .feed = {c_text(f.get('feed'))},",
                f"        .is_required = {c_bool(f.get('required', True))},",
                f"        .range_is_critical = {c_bool(f.get('critical_range', False))},",
                f"        .min = {f['range'][0]},", f"        .max = {f['range'][1]},",
                f"        .min_std = {f.get('min_std', 0)},", f"        .min_distinct = {f.get('min_distinct', 0)},",
                f"        .absence = {c_text(absence(f))},",
                f"        .description = {c_text(f['description'])},", "    },"]
    out += ["};", "", "const FeatureSourceSpec feature_source_table[FEATURE_SOURCE_COUNT] = {"]
    for s in c["source"]:
        out.append(f"    [{enum_name('FEATURE_SOURCE_', s['label'])}] = {{{c_text(s['label'])}, {s['weight']}, "
                   f"{enum_name('CANONICAL_', s['canonical'])}, {c_bool(s.get('is_default', False))}, "
                   f"{c_bool(s.get('is_effective', True))}}},")
    out += ["};", ""]
    return "\n".join(out)


def absence(f):
    return f.get("absence", "data_unavailable")


# ---- the views ----

# Columns of the table under their own names and those that older readers of the view know them by.
BASE = [
    ("player_lookup", "f.player_lookup"), ("game_date", "f.game_date"), ("player_name", "f.player_name"),
    ("game_id", "f.game_id"), ("team", "f.team"), ("opponent", "f.opponent"), ("opponent_team_abbr", "f.opponent"),
    ("is_home", "f.is_home"), ("days_rest", "f.days_rest"), ("season_year", "f.season_year"),
    ("features", "f.feature_values"), ("feature_names", "features.feature_names()"),
    ("feature_count", "cardinality(f.feature_values)"), ("feature_version", "f.feature_version"),
    ("feature_quality_score", "f.feature_quality_score"), ("effective_quality_score", "f.effective_quality_score"),
    ("worst_category", "f.worst_category"), ("worst_category_pct", "f.worst_category_pct"),
    ("data_source", "f.primary_data_source"), ("early_season_flag", "f.early_season_flag"),
    ("insufficient_data_reason", "f.insufficient_data_reason"), ("is_production_ready", "f.is_production_ready"),
    ("matchup_effective_pct", "f.matchup_effective_pct"),
    ("player_history_effective_pct", "f.player_history_effective_pct"),
    ("game_context_effective_pct", "f.game_context_effective_pct"),
    ("feature_quality", "f.feature_quality"), ("feature_source", "f.feature_source"),
    ("feature_sample_size", "f.feature_sample_size"), ("out_of_range_indices", "f.out_of_range_indices"),
    ("incomplete_indices", "f.incomplete_indices"), ("input_set_id", "f.input_set_id"), ("as_of", "f.as_of"),
    ("computed_at", "f.computed_at"),
]


def own(*names):
    return [(n, f"f.{n}") for n in names]


def sql_text(s):
    return "'" + s.replace("'", "''") + "'"


def sql_list(values):
    return "array[" + ", ".join(sql_text(v) for v in values) + "]"


def sql_json(pairs):
    """A JSON object of constants, keyed by feature index, as literals that the server joins."""
    items = [f'"{i}": {json.dumps(v)}' for i, v in pairs]
    rows = [", ".join(items[k:k + 3]) for k in range(0, len(items), 3)]
    return "\n        ".join(sql_text(("{" if k == 0 else "") + row + (", " if k + 1 < len(rows) else "}"))
                             for k, row in enumerate(rows))


def per_feature(value, condition="true", array="f.feature_source"):
    """A JSON object over the features of a row; value and condition see index i (from 0) and element e."""
    return (f"(select coalesce(json_object_agg(i, {value} order by i), '{{}}'::json)::text from"
            f" (select n - 1 as i, e from unnest({array}) with ordinality u(e, n)) x where {condition})")


def case_of_index(c, value_of):
    """A CASE over the feature index: the features that share a value share a branch."""
    groups = {}
    for i, f in enumerate(c["feature"]):
        groups.setdefault(value_of(f), []).append(i)
    last = max(groups, key=lambda v: len(groups[v]))
    branches = [f" when i in ({', '.join(map(str, ids))}) then {v}" for v, ids in groups.items() if v != last]
    return f"case{''.join(branches)} else {last} end" if branches else last


def fallback_reason(c):
    by_index = case_of_index(c, lambda f: sql_text(absence(f)))
    return (f"case when e = 'not_subscribed' then 'feed_not_subscribed' when i = any (f.incomplete_indices) then"
            f" 'window_incomplete' else {by_index} end")


def last_updated(c):
    """When the cell that a feature was read from ended; a formula's is the newest of all."""
    processors = {u["name"]: u.get("processor") for u in c["upstream"]}
    by_index = case_of_index(c, lambda f: sql_text(processors[f["upstream"]] or NO_PROCESSOR))
    return (f"(select coalesce(json_object_agg(i, t.finished_at order by i), '{{}}'::json)::text from"
            f" generate_series(0, {len(c['feature']) - 1}) i join features.finish_times(s.cells) t on t.processor ="
            f" {by_index})")


def quality_columns(c):
    processors = [u["processor"] for u in c["upstream"] if u.get("processor") and u["name"] != "summary"]
    defaults = [s["label"] for s in c["source"] if s.get("is_default")]
    columns = own("quality_tier", "quality_alert_level", "quality_alerts", "default_feature_count",
                  "phase4_feature_count", "phase3_feature_count", "calculated_feature_count", "is_training_ready",
                  "training_quality_feature_count")
    columns += own(*(f"{g['name']}_quality_pct" for g in c["category"]))
    columns += own(*(f"{g['name']}_default_count" for g in c["category"]))
    columns += own("has_composite_factors", "has_opponent_defense", "has_vegas_line",
                   "critical_features_training_quality", "critical_feature_count", "optional_feature_count",
                   "matchup_quality_tier", "game_context_quality_tier")
    n = len(c["feature"])
    columns += [(f"feature_{i}_quality", f"f.feature_quality[{i + 1}]::double precision") for i in range(n)]
    columns += [(f"feature_{i}_source", f"features.canonical_source(f.feature_source[{i + 1}])") for i in range(n)]
    columns += [
        ("feature_fallback_reasons_json", per_feature(fallback_reason(c), f"e = any ({sql_list(defaults)})")),
        ("feature_sample_sizes_json", per_feature("e", "e is not null", "f.feature_sample_size")),
        ("feature_expected_values_json",
         sql_json((i, {"min": f["range"][0], "max": f["range"][1]}) for i, f in enumerate(c["feature"]))),
        ("feature_value_ranges_valid_json", per_feature("i <> all (f.out_of_range_indices)", "e is not null", "f.feature_values")),
        ("feature_upstream_tables_json", sql_json((i, f["origin"]) for i, f in enumerate(c["feature"]))),
        ("feature_last_updated_json", last_updated(c)),
        ("feature_schema_version", "f.feature_version"),
        ("available_feature_names", "(select coalesce(array_agg(name order by n), '{}') from unnest(f.feature_values,"
         " features.feature_names()) with ordinality u(e, name, n) where e is not null)"),
        ("breakout_model_compatible", sql_list(c["breakout_models"])),
        ("breakout_v3_features_available", "false"),
        ("upstream_processors_ran", f"(select string_agg(p, ',' order by n) from unnest({sql_list(processors)})"
         " with ordinality u(p, n) where p <> all (f.missing_processors))"),
        ("missing_processors", "array_to_string(f.missing_processors, ',')"),
        ("feature_store_age_hours", "(extract(epoch from now() - f.computed_at) / 3600)::double precision"),
        ("upstream_data_freshness_hours", "(extract(epoch from f.computed_at - features.oldest_finish(s.cells,"
         " f.game_date)) / 3600)::double precision"),
        ("quality_computed_at", "f.computed_at"),
        ("quality_schema_version", sql_text(c["quality_version"])),
        ("feature_sources", per_feature("e")),
        ("primary_data_source", "f.primary_data_source"),
        ("matchup_data_status",
         "case when coalesce(f.matchup_effective_pct, 0) < 50 then 'MATCHUP_UNAVAILABLE' else 'COMPLETE' end"),
        ("is_quality_ready", "f.is_quality_ready"),
        ("default_feature_indices", "f.default_feature_indices"),
        ("required_default_count", "f.required_default_count"),
        ("cache_miss_fallback_used", "f.cache_miss_fallback_used"),
        ("vegas_line_source", "f.vegas_line_source"),
    ]
    return columns


FUNCTIONS = """\
create function features.feature_names() returns text[] language sql immutable parallel safe as
$$ {names} $$;

create function features.canonical_source(label text) returns text language sql immutable parallel safe as
$$ {canonical} $$;

-- Who produces the features of a category.
create function features.producers_of(category text) returns text language sql immutable parallel safe as
$$ {producers} $$;

-- When the newest cell of each processor in an input set ended; '{no_processor}' is the newest of all.
create function features.finish_times(cells jsonb) returns table (processor text, finished_at timestamptz)
language sql stable parallel safe as
$$ select coalesce(c->>'processor', '{no_processor}'), max((c->>'finished_at')::timestamptz)
    from jsonb_array_elements(cells) c group by grouping sets ((c->>'processor'), ())
    having max((c->>'finished_at')::timestamptz) is not null $$;

-- When the oldest cell of a date in an input set ended.
create function features.oldest_finish(cells jsonb, game_date date) returns timestamptz
language sql stable parallel safe as
$$ select min((c->>'finished_at')::timestamptz) from jsonb_array_elements(cells) c
    where (c->>'game_date')::date = game_date $$;
"""

OTHER_VIEWS = """\
create view features.v_feature_quality_unpivot as
select f.player_lookup, f.game_date, (n - 1)::integer as feature_index, name as feature_name,
    quality::double precision as quality, features.canonical_source(label) as source
from features.ml_feature_store f,
    unnest(f.feature_quality, f.feature_source, features.feature_names()) with ordinality u(quality, label, name, n);

create view features.v_ml_feature_store_recent as
select * from features.ml_feature_store_v2 where game_date > current_date - 30;

create view features.v_ml_feature_store_high_quality as
select * from features.ml_feature_store_v2 where feature_quality_score >= 85 and not early_season_flag;

-- Rows that lack a value which a prediction needs, or rest on a window with holes.
create view features.v_incomplete_features as
select f.player_lookup, f.game_date, f.game_id, f.team, f.opponent, f.required_default_count, f.worst_category,
    f.worst_category_pct, f.missing_processors,
    (select coalesce(array_agg(name || ':' || label order by n), '{{}}')
        from unnest(f.feature_source, features.feature_names()) with ordinality u(label, name, n)
        where label like '%\\_incomplete' or features.canonical_source(label) = 'default') as incomplete_features
from features.ml_feature_store f
where not f.early_season_flag and (f.required_default_count > 0 or cardinality(f.incomplete_indices) > 0);

create view features.v_historical_completeness_daily as
select game_date, count(*) as rows, count(*) filter (where is_production_ready) as production_ready,
    count(*) filter (where cardinality(incomplete_indices) > 0) as with_incomplete_windows,
    round(avg(cardinality(incomplete_indices)), 2) as avg_incomplete_features
from features.ml_feature_store where not early_season_flag group by game_date;
"""


def wrap(text, first="", rest="        ", width=118):
    """Breaks at spaces outside quotes: generated SQL is read by people too."""
    words = re.findall(r"(?:'[^']*'|[^' ])+", text)
    lines = [first + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append(rest + word)
        else:
            lines[-1] += " " + word
    return "\n".join(lines)


def view_column(name, expression):
    named = f"{expression} as {name}" if expression != f"f.{name}" else expression
    return f"    {named}" if "\n" in named else wrap(named, "    ")


def producers_of(c, category):
    """Processors whose rows the features of a category are read from, in the order of the features."""
    processors = {u["name"]: u.get("processor", "feature_store") for u in c["upstream"]}
    return ", ".join(dict.fromkeys(processors[f["upstream"]] for f in c["feature"] if f["category"] == category))


def sql(c):
    canonical = "".join(f" when {sql_text(s['label'])} then {sql_text(s['canonical'])}" for s in c["source"]
                        if s["canonical"] != "default")
    names = "select " + sql_list([f["name"] for f in c["feature"]])
    producers = "".join(f" when {sql_text(g['name'])} then {sql_text(producers_of(c, g['name']))}"
                        for g in c["category"])
    out = [FUNCTIONS.format(names=wrap(names, "", "    "), canonical=wrap(f"select case label{canonical} else 'default' end", "", "    "),
                            producers=wrap(f"select case category{producers} end", "", "    "),
                            no_processor=NO_PROCESSOR),
           "create view features.ml_feature_store_v2 as", "select"]
    out.append(",\n".join(view_column(*column) for column in BASE + quality_columns(c)))
    out += ["from features.ml_feature_store f left join features.input_set s using (input_set_id);", "",
            OTHER_VIEWS.format()]
    return "\n".join(out)


# ---- the page ----

def number(v):
    return "" if v is None else f"{v:g}"


def markdown_table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return out + ["| " + " | ".join(str(v) for v in row) + " |" for row in rows]


def markdown(c):
    processors = {u["name"]: u.get("processor", "") for u in c["upstream"]}
    out = ["<!-- Generated from schemas/features.toml: python3 schemas/gen_features.py schemas/features.toml markdown"
           " schemas/FEATURES.md -->", "# The feature contract", "",
           f"Version `{c['version']}`: {len(c['feature'])} features in this order. A value that is not there is NULL, and"
           " its source says why. A required feature without a value blocks a prediction. `former default` is what the"
           " system before this one wrote in place of a missing value; nothing here writes it.", "", "## Features", ""]
    out += markdown_table(
        ["index", "name", "category", "read from", "feed", "required", "range", "least std, distinct",
         "former default", "what it is"],
        [[i, f"`{f['name']}`", f["category"], processors[f["upstream"]] or "formula", f.get("feed", ""),
          "yes" if f.get("required", True) else "no",
          f"{number(f['range'][0])} to {number(f['range'][1])}{', else no row' if f.get('critical_range') else ''}",
          f"{number(f['min_std'])}, {f['min_distinct']}" if "min_std" in f else "", number(f.get("former_default")),
          f["description"]] for i, f in enumerate(c["feature"])])
    out += ["", "## Categories", ""]
    out += markdown_table(["name", "features", "what it is"],
                          [[f"{g['name']}{' (critical)' if g.get('is_critical') else ''}",
                            " ".join(str(i) for i, f in enumerate(c["feature"]) if f["category"] == g["name"]),
                            g["description"]] for g in c["category"]])
    out += ["", "## Sources", "",
            "A source that is a default counts in `default_feature_count`; one that is not judged is left out of tiers,"
            " alerts and readiness.", ""]
    out += markdown_table(["source", "weight", "canonical", "default", "judged", "what it says"],
                          [[f"`{s['label']}`", s["weight"], s["canonical"], "yes" if s.get("is_default") else "no",
                            "yes" if s.get("is_effective", True) else "no", s["description"]] for s in c["source"]])
    out += ["", "## What the rows are read from", ""]
    out += markdown_table(["upstream", "table", "processor"],
                          [[u["name"], f"`{u['table']}`", u.get("processor", "")] for u in c["upstream"]])
    return "\n".join(out + [""])


def main():
    kinds = {"header": header, "source": source, "sql": sql, "markdown": markdown}
    if len(sys.argv) != 4 or sys.argv[2] not in kinds:
        sys.exit(__doc__)
    text = kinds[sys.argv[2]](load(sys.argv[1]))
    with open(sys.argv[3], "w", encoding="utf-8") as f:
        f.write(text)


main()
