#!/usr/bin/env python3
"""Turn Avro schemas into C structs with straight-line encode and decode.

usage: gen_avro.py HEADER SOURCE DEPFILE SCHEMA.avsc ...
       gen_avro.py record

The first form generates; former versions come from the folder history/NAME beside NAME.avsc, where
every version that was ever deployed stands unchanged. "record" adds to it each schema of avro/ that
differs from the last version recorded; the tests refuse a schema that is not recorded, and one that
would strand a consumer.

Understands records of string, int, long, double, boolean, bytes, unions [null, X] of those, the
logical types date and timestamp-micros, and arrays of records, strings or longs. Anything else
stops the build.
"""
import json
import re
import sys
from pathlib import Path

# kind: (C type, C type when nullable, name in cursor.h, bytes that its shortest encoding takes)
SCALARS = {
    "string": ("const char *", "const char *", "string", 1),
    "bytes": ("Bytes", "Bytes", "bytes", 1),
    "int": ("int32_t", "int32_t", "int", 1),
    "long": ("int64_t", "int64_t", "long", 1),
    "double": ("double", "double", "double", 8),
    "boolean": ("bool", "TriBool", "boolean", 1),
    "date": ("GameDate", "GameDate", "int", 1),
    "instant": ("Instant", "Instant", "long", 1),
}
WRAPPED = {"date": "days", "instant": "us"}  # the only member of the C struct
IN_ARENA = {"string", "bytes"}
LOGICAL = {("int", "date"): "date", ("long", "timestamp-micros"): "instant"}
MAX_C_STRING = 4095


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


# The Parsing Canonical Form and its CRC-64-AVRO, from the Avro specification.
PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")


def full_name(name, namespace):
    return name if "." in name or not namespace else f"{namespace}.{name}"


def canonical(schema, namespace):
    if isinstance(schema, list):
        return "[" + ",".join(canonical(s, namespace) for s in schema) + "]"
    if isinstance(schema, str):
        return json.dumps(schema if schema in PRIMITIVES else full_name(schema, namespace))
    kind = schema["type"]
    if kind in ("array", "map"):
        inner = "items" if kind == "array" else "values"
        return f'{{"type":"{kind}","{inner}":{canonical(schema[inner], namespace)}}}'
    if kind not in ("record", "enum", "fixed"):
        return canonical(kind, namespace)
    name = full_name(schema["name"], schema.get("namespace", namespace))
    head = f'{{"name":{json.dumps(name)},"type":"{kind}",'
    if kind == "enum":
        return f'{head}"symbols":{json.dumps(schema["symbols"], separators=(",", ":"))}}}'
    if kind == "fixed":
        return f'{head}"size":{schema["size"]}}}'
    space = name.rpartition(".")[0]
    fields = ",".join(f'{{"name":{json.dumps(f["name"])},"type":{canonical(f["type"], space)}}}'
                      for f in schema["fields"])
    return f'{head}"fields":[{fields}]}}'


EMPTY_FINGERPRINT = 0xC15D213AA4D7A795


def fingerprint(text):
    table = []
    for i in range(256):
        for _ in range(8):
            i = (i >> 1) ^ (EMPTY_FINGERPRINT if i & 1 else 0)
        table.append(i)
    crc = EMPTY_FINGERPRINT
    for byte in text.encode("utf-8"):
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc


def commented(line, note):
    """The line with its comment behind it, or above it when that would be too wide."""
    if not note:
        return [line]
    if len(line) + len(note) + 7 <= 100:
        return [f"{line} /* {note} */"]
    return [f"    /* {note} */", line]


def without_doc(schema):
    if isinstance(schema, list):
        return [without_doc(s) for s in schema]
    if isinstance(schema, dict):
        return {k: without_doc(v) for k, v in schema.items() if k != "doc"}
    return schema


def read_schema(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def fingerprint_of(schema):
    return fingerprint(canonical(schema, schema.get("namespace", "")))


# ---- history

def versions_of(path):
    """The recorded versions of the schema at path, oldest first."""
    return sorted((path.parent / "history" / path.stem).glob("[0-9][0-9][0-9][0-9]_*.avsc"))


def record(paths):
    """Adds every schema whose last recorded version says something else; docs say nothing."""
    for path in paths:
        schema, versions = read_schema(path), versions_of(path)
        if versions and without_doc(read_schema(versions[-1])) == without_doc(schema):
            continue
        number = int(versions[-1].name[:4]) + 1 if versions else 1
        target = path.parent / "history" / path.stem / f"{number:04d}_{fingerprint_of(schema):016x}.avsc"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        print(f"recorded {target}")


class Generator:
    def __init__(self):
        self.records = {}  # name -> (doc, fields), in an order in which items come first
        self.events = []   # (name, schema)
        self.former = {}   # fingerprint -> (name, schema)

    def add_event(self, path):
        schema = read_schema(path)
        self.add_record(schema, path)
        self.events.append((schema["name"], schema))
        for version in versions_of(path):
            old = read_schema(version)
            self.former[fingerprint_of(old)] = (old["name"], old)

    def add_record(self, schema, path):
        fields = [self.field(schema["name"], f, path) for f in schema["fields"]]
        members = [f["name"] for f in fields] + [f["name"] + "_count" for f in fields if f["kind"] == "array"]
        if len(set(members)) != len(members):
            sys.exit(f"{path}: {schema['name']} has a field named like another one's count")
        record = (schema.get("doc", ""), fields)
        if self.records.setdefault(schema["name"], record) != record:
            sys.exit(f"{path}: {schema['name']} differs from the record of that name in another schema")

    def field(self, record, field, path):
        where = f"{path}: {record}.{field['name']}"
        kind, schema, nullable = None, field["type"], False
        if isinstance(schema, list):
            if len(schema) != 2 or schema[0] != "null":
                sys.exit(f"{where}: a union must be [null, X]")
            schema, nullable = schema[1], True
        if isinstance(schema, dict) and schema["type"] == "array":
            if nullable:
                sys.exit(f"{where}: an array cannot be null")
            kind, schema = "array", self.item(schema["items"], where, path)
        elif isinstance(schema, dict):
            kind = LOGICAL.get((schema["type"], schema.get("logicalType")))
        elif schema in SCALARS and schema not in WRAPPED:
            kind = schema
        if kind is None:
            sys.exit(f"{where}: a type that the generator does not know: {field['type']}")
        return {"name": field["name"], "kind": kind, "item": schema if kind == "array" else None,
                "nullable": nullable, "doc": field.get("doc", "")}

    def item(self, items, where, path):
        if isinstance(items, dict) and items["type"] == "record":
            self.add_record(items, path)
            return items["name"]
        if items not in ("string", "long"):
            sys.exit(f"{where}: an array holds records, strings or longs, not {items}")
        return items

    def min_bytes(self, name):
        """The bytes of a record's shortest encoding; an array's is its end mark."""
        return sum(1 if f["nullable"] or f["kind"] == "array" else SCALARS[f["kind"]][3]
                   for f in self.records[name][1])

    # ---- header

    def members(self, field):
        note = field["doc"]
        if field["kind"] == "array":
            ctype = {"string": "const char *const *", "long": "const int64_t *"}.get(
                field["item"], f"const {field['item']} *")
            return commented(f"    {ctype}{field['name']};", note) + [f"    size_t {field['name']}_count;"]
        ctype = SCALARS[field["kind"]][1 if field["nullable"] else 0]
        gap = "" if ctype.endswith("*") else " "
        if field["nullable"] and "null" not in note:
            note = f"{note}; may be null" if note else "may be null"
        return commented(f"    {ctype}{gap}{field['name']};", note)

    def header(self):
        out = [HEADER_TOP]
        for name, (doc, fields) in self.records.items():
            out.append(f"/* {doc} */")
            out.append("typedef struct {")
            for f in fields:
                out += self.members(f)
            out.append(f"}} {name};\n")
        for name, _ in self.events:
            s = snake(name)
            out.append(f"NODISCARD bool {s}_decode(Bytes body, Arena *a, {name} *out, Err *err);")
            out.append(f"void {s}_encode(const {name} *r, Buf *out);")
            out.append(f"Bytes {s}_message(const {name} *r, Arena *a);")
            out.append(f"extern const EventSchema {s}_schema;\n")
        out += ["/* Every schema above, NULL-terminated. */",
                "extern const EventSchema *const all_event_schemas[];", "",
                "/* Former versions of them, ended by one without a text. */",
                "extern const FormerSchema former_event_schemas[];", "", "#endif", ""]
        return "\n".join(out)

    # ---- source

    def read_statement(self, record, f):
        where = f'"{record}.{f["name"]}"'
        if f["kind"] == "array":
            call = (f"cursor_{f['item']}_array" if f["item"] in SCALARS else f"{snake(f['item'])}_read_array")
            line = f"    out->{f['name']} = {call}(c, a, &out->{f['name']}_count, {where});"
            return line if len(line) <= 100 else line.replace(" = ", "\n        = ")
        suffix = "_or_null" if f["nullable"] else ""
        arena = "a, " if f["kind"] in IN_ARENA else ""
        member = f".{WRAPPED[f['kind']]}" if f["kind"] in WRAPPED else ""
        return f"    out->{f['name']}{member} = cursor_{SCALARS[f['kind']][2]}{suffix}(c, {arena}{where});"

    def write_statements(self, f):
        if f["kind"] == "array":
            item = f"r->{f['name']}[i]"
            put = (f"buf_put_avro_{f['item']}(out, {item});" if f["item"] in SCALARS
                   else f"{snake(f['item'])}_write(&{item}, out);")
            return [f"    buf_put_avro_count(out, r->{f['name']}_count);",
                    f"    for (size_t i = 0; i < r->{f['name']}_count; i++)", f"        {put}",
                    "    buf_put_avro_end(out);"]
        member = f".{WRAPPED[f['kind']]}" if f["kind"] in WRAPPED else ""
        name = SCALARS[f["kind"]][2]
        if f["nullable"]:
            name += "_or_null"
        return [f"    buf_put_avro_{name}(out, r->{f['name']}{member});"]

    def record_functions(self, name):
        fields = self.records[name][1]
        s = snake(name)
        unused = [] if any(f["kind"] in IN_ARENA or f["kind"] == "array" for f in fields) else ["    (void)a;"]
        return "\n".join(
            [f"static void\n{s}_read(Cursor *c, Arena *a, {name} *out)\n{{"] + unused
            + [self.read_statement(name, f) for f in fields]
            + [f"}}\n\nstatic void\n{s}_write(const {name} *r, Buf *out)\n{{"]
            + [line for f in fields for line in self.write_statements(f)] + ["}\n"])

    def source(self):
        out = [SOURCE_TOP]
        events = {name for name, _ in self.events}
        for name in self.records:
            out.append(self.record_functions(name))
            if name not in events:
                out.append(fill(READ_ARRAY, name, bytes=str(self.min_bytes(name))))
        for name, schema in self.events:
            out.append(fill(EVENT, name, crc=f"{fingerprint_of(schema):016x}", json=schema_text(name, schema)))
        out.append("const EventSchema *const all_event_schemas[] = {")
        out += [f"    &{snake(name)}_schema," for name, _ in self.events]
        out += ["    NULL,", "};", "", "const FormerSchema former_event_schemas[] = {"]
        current = {fingerprint_of(schema) for _, schema in self.events}
        for crc, (name, schema) in self.former.items():
            if crc not in current:
                out += [f'    {{"{name}", UINT64_C(0x{crc:016x}),', schema_text(name, schema) + "},"]
        out += ["    {0},", "};", ""]
        return "\n".join(out)


def schema_text(name, schema):
    text = json.dumps(without_doc(schema), separators=(",", ":"))
    if len(text) > MAX_C_STRING:
        sys.exit(f"{name}: the schema's text has more than {MAX_C_STRING} bytes")
    return c_string(text)


def c_string(text):
    pieces = [text[i:i + 60] for i in range(0, len(text), 60)]
    return "\n".join('        "' + p.replace("\\", "\\\\").replace('"', '\\"') + '"' for p in pieces)


def fill(template, name, **values):
    text = template.replace("@Name@", name).replace("@name@", snake(name)).replace("@NAME@", snake(name).upper())
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


HEADER_TOP = """\
/* Generated from schemas/avro. */
#ifndef TIPOFF_EVENTS_GEN_H
#define TIPOFF_EVENTS_GEN_H

#include "libcore/base/cursor.h"

/* What a message's bytes mean. */
typedef struct {
    const char *name;     /* of the record, without its namespace */
    uint64_t fingerprint; /* CRC-64-AVRO of the schema's Parsing Canonical Form */
    const char *json;     /* the schema itself */
    /* Whether the body is a whole record; reads it into a and forgets it. */
    bool (*check)(Bytes body, Arena *a, Err *err);
} EventSchema;

/* What another build wrote. */
typedef struct {
    const char *name;
    uint64_t fingerprint;
    const char *json;
} FormerSchema;

/* Avro single-object encoding: C3 01, the fingerprint with its lowest byte first, the body. */
enum { EVENT_FRAME_LEN = 10 };
void event_frame(const EventSchema *schema, Bytes body, Buf *out);
/* Splits a framed message without judging the fingerprint; body borrows from msg. ERR_POISON when
 * the frame is none. */
NODISCARD bool event_unframe(Bytes msg, uint64_t *fingerprint, Bytes *body, Err *err);

/* Per record: _decode reads an unframed body, copies everything into a, and answers ERR_POISON
 * with record, field and byte offset for anything that is not exactly one record; _encode appends
 * the body; _message makes the framed record in a. An array is a pointer and a count; a null string or bytes is a NULL pointer, other
 * nulls are the sentinels of libcore/base/value.h, which no value may equal. */
"""

SOURCE_TOP = """\
/* Generated from schemas/avro. */
#include "events_gen.h"

void
event_frame(const EventSchema *schema, Bytes body, Buf *out)
{
    buf_put_u8(out, 0xc3);
    buf_put_u8(out, 0x01);
    for (unsigned i = 0; i < 8; i++)
        buf_put_u8(out, (uint8_t)(schema->fingerprint >> (8 * i)));
    buf_put(out, body.data, body.len);
}

bool
event_unframe(Bytes msg, uint64_t *fingerprint, Bytes *body, Err *err)
{
    if (msg.len < EVENT_FRAME_LEN)
        return ERR_FAIL(err, ERR_POISON, "%zu bytes are too few for a frame", msg.len);
    if (msg.data[0] != 0xc3 || msg.data[1] != 0x01)
        return ERR_FAIL(err, ERR_POISON, "a message begins with %02x %02x instead of c3 01",
                        (unsigned)msg.data[0], (unsigned)msg.data[1]);
    *fingerprint = 0;
    for (unsigned i = 0; i < 8; i++)
        *fingerprint |= (uint64_t)msg.data[2 + i] << (8 * i);
    *body = bytes_of(msg.data + EVENT_FRAME_LEN, msg.len - EVENT_FRAME_LEN);
    return true;
}
"""

READ_ARRAY = """\
enum { @NAME@_MIN_BYTES = @bytes@ };

static const @Name@ *
@name@_read_array(Cursor *c, Arena *a, size_t *count, const char *field)
{
    @Name@ *items = NULL;
    size_t cap = 0;
    CursorBlock block;

    *count = 0;
    while (cursor_next_block(c, &block, @NAME@_MIN_BYTES, field)) {
        items = cursor_grow(c, a, items, &cap, *count, block.count, sizeof *items, field);
        for (size_t i = 0; i < block.count && cursor_ok(c); i++)
            @name@_read(c, a, &items[(*count)++]);
        cursor_end_block(c, &block, field);
    }
    return items;
}
"""

EVENT = """\
bool
@name@_decode(Bytes body, Arena *a, @Name@ *out, Err *err)
{
    Cursor c = cursor_over(body);

    @name@_read(&c, a, out);
    return cursor_finish(&c, "@Name@", err);
}

void
@name@_encode(const @Name@ *r, Buf *out)
{
    @name@_write(r, out);
}

Bytes
@name@_message(const @Name@ *r, Arena *a)
{
    Buf body = {0}, framed = {0};
    Bytes out;

    @name@_write(r, &body);
    event_frame(&@name@_schema, bytes_of(body.data, body.len), &framed);
    out = bytes_of(arena_strndup(a, (const char *)framed.data, framed.len), framed.len);
    buf_free(&body);
    buf_free(&framed);
    return out;
}

static bool
@name@_check(Bytes body, Arena *a, Err *err)
{
    @Name@ ignored;

    return @name@_decode(body, a, &ignored, err);
}

const EventSchema @name@_schema = {
    .name = "@Name@",
    .fingerprint = UINT64_C(0x@crc@),
    .check = @name@_check,
    .json =
@json@,
};
"""


def write_depfile(path, targets, schemas):
    """Folders count, too: a new version appears in one."""
    inputs = [p for s in schemas for p in (s.parent / "history", s.parent / "history" / s.stem, *versions_of(s))]
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{' '.join(targets)}: {' '.join(str(p) for p in inputs if p.exists())}\n")


def main():
    if sys.argv[1:] == ["record"]:
        record(sorted((Path(__file__).resolve().parent / "avro").glob("*.avsc")))
        return
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    generator = Generator()
    schemas = [Path(p).resolve() for p in sys.argv[4:]]
    for path in schemas:
        generator.add_event(path)
    for path, text in ((sys.argv[1], generator.header()), (sys.argv[2], generator.source())):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    write_depfile(sys.argv[3], sys.argv[1:3], schemas)


if __name__ == "__main__":
    main()
