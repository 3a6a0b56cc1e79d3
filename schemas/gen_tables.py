#!/usr/bin/env python3
"""Turn schemas/tables.def into row structs and descriptors, or into the SQL that creates the tables.

usage: gen_tables.py tables.def header|source|sql OUT
"""
import re
import sys

C_TYPE = {
    "date": "GameDate", "text": "const char *", "i32": "int32_t", "i64": "int64_t", "f64": "double",
    "bool": "TriBool", "ts": "Instant", "f64[]": "F64Array", "i32[]": "I32Array",
    "text[]": "TextArray", "bytes": "Bytes", "json": "const char *",
}
C_ENUM = {
    "date": "COL_DATE", "text": "COL_TEXT", "i32": "COL_I32", "i64": "COL_I64", "f64": "COL_F64",
    "bool": "COL_BOOL", "ts": "COL_TS", "f64[]": "COL_F64_ARRAY", "i32[]": "COL_I32_ARRAY",
    "text[]": "COL_TEXT_ARRAY", "bytes": "COL_BYTES", "json": "COL_JSON",
}
SQL_TYPE = {
    "date": "date", "text": "text", "i32": "integer", "i64": "bigint", "f64": "double precision",
    "bool": "boolean", "ts": "timestamptz", "f64[]": "double precision[]", "i32[]": "integer[]",
    "text[]": "text[]", "bytes": "bytea", "json": "jsonb",
}
ROLE = {"key": "COL_KEY", "content": "COL_CONTENT", "meta": "COL_META"}


def parse(path):
    tables = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if line.startswith("#") or not line.strip():
            continue
        words = line.split()
        if line.startswith("table "):
            tables.append({"name": words[1], "struct": words[2], "columns": []})
            continue
        if len(words) < 3 or words[1] not in C_TYPE or words[2].rstrip("!") not in ROLE:
            sys.exit(f"{path}:{number}: expected 'name type role [comment]', got: {line.strip()}")
        tables[-1]["columns"].append(
            {"name": words[0], "type": words[1], "role": words[2].rstrip("!"),
             "not_null": words[2].endswith("!") or words[2] == "key", "note": " ".join(words[3:])})
    return tables


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def header(tables):
    out = ["/* Generated from schemas/tables.def. */", "#ifndef TIPOFF_TABLES_GEN_H",
           "#define TIPOFF_TABLES_GEN_H", "", '#include "libcore/base/table.h"', ""]
    for t in tables:
        out.append(f"/* A row of {t['name']}. */")
        out.append("typedef struct {")
        for c in t["columns"]:
            ctype = C_TYPE[c["type"]]
            gap = "" if ctype.endswith("*") else " "
            note = f" /* {c['note']} */" if c["note"] else ""
            out.append(f"    {ctype}{gap}{c['name']};{note}")
        out.append(f"}} {t['struct']};")
        out.append(f"extern const TableDesc {snake(t['struct'])}_table;")
        out.append(f"/* Every column NULL (arrays included). */")
        out.append(f"{t['struct']} {snake(t['struct'])}_null(void);")
        out.append("")
    out += ["/* Every table above, NULL-terminated. */", "extern const TableDesc *const all_tables[];", "",
            "#endif", ""]
    return "\n".join(out)


NULLS = {"date": "GAME_DATE_NULL", "i32": "NULL_I32", "i64": "NULL_I64", "f64": "NULL_F64",
         "bool": "BOOL_NULL", "ts": "INSTANT_NULL"}


def source(tables):
    out = ["/* Generated from schemas/tables.def. */", '#include "tables_gen.h"', "#include <stddef.h>", ""]
    for t in tables:
        sname = snake(t["struct"])
        out.append(f"static const Column {sname}_columns[] = {{")
        for c in t["columns"]:
            out.append(f'    {{.name = "{c["name"]}", .type = {C_ENUM[c["type"]]}, .role = {ROLE[c["role"]]}, '
                       f'.not_null = {"true" if c["not_null"] else "false"}, '
                       f'.offset = offsetof({t["struct"]}, {c["name"]})}},')
        out.append("};")
        out.append(f"const TableDesc {sname}_table = {{")
        out.append(f'    .name = "{t["name"]}", .columns = {sname}_columns,')
        out.append(f'    .column_count = {len(t["columns"])}, .row_size = sizeof({t["struct"]}),')
        out.append("};")
        out.append(f"{t['struct']}\n{sname}_null(void)\n{{\n    return ({t['struct']}){{")
        for c in t["columns"]:
            if c["type"] in NULLS:
                out.append(f"        .{c['name']} = {NULLS[c['type']]},")
        out.append("    };\n}\n")
    out.append("const TableDesc *const all_tables[] = {")
    out += [f"    &{snake(t['struct'])}_table," for t in tables]
    out += ["    NULL,", "};", ""]
    return "\n".join(out)


def sql(tables):
    out = []
    for t in tables:
        out.append(f"create table {t['name']} (")
        keys = [c["name"] for c in t["columns"] if c["role"] == "key"]
        for c in t["columns"]:
            null = " not null" if c["not_null"] else ""
            out.append(f"    {c['name']} {SQL_TYPE[c['type']]}{null},")
        out.append("    row_hash bytea not null,")
        out.append(f"    primary key ({', '.join(keys)})")
        out.append(");")
        out.append("")
    return "\n".join(out)


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in ("header", "source", "sql"):
        sys.exit(__doc__)
    text = {"header": header, "source": source, "sql": sql}[sys.argv[2]](parse(sys.argv[1]))
    with open(sys.argv[3], "w", encoding="utf-8") as f:
        f.write(text)


main()
