#!/usr/bin/env python3
"""tests/support/avro_versions.py
   Two versions of every event schema that no build ever had, and records written under them.

usage: tests/support/avro_versions.py schemas older|newer    lines "fingerprint, name, schema"
       tests/support/avro_versions.py rewrite                lines whose last column is a payload in hex

"older" has its fields the other way round, one that is gone since, narrower numbers, text as bytes and
unions turned round; "newer" has fields that this build does not know, and may leave out what this build
must have. "rewrite" passes lines on with every second of three payloads in the older version and every
third in the newer one. Columns are separated by tabs. Encoding and decoding are written down here once
more, so that nothing of the product is taken on trust.
"""
import json
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "schemas"))
sys.dont_write_bytecode = True
from gen_avro import fingerprint_of, without_doc  # noqa: E402


# ---- versions

def kind_of(schema):
    return schema["type"] if isinstance(schema, dict) else schema


def map_fields(schema, change, extra):
    """The record with its fields changed, nested ones too."""
    fields = [{"name": f["name"], "type": change(f["name"], map_types(f["type"], change, extra))}
              for f in schema["fields"]]
    return {**{k: schema[k] for k in ("type", "name", "namespace") if k in schema}, "fields": extra(fields)}


def map_types(schema, change, extra):
    if kind_of(schema) == "array":
        return {"type": "array", "items": map_types(schema["items"], change, extra)}
    return map_fields(schema, change, extra) if kind_of(schema) == "record" else schema


def older(schema):
    def change(name, kind):
        if isinstance(kind, list):
            return [change(name, kind[1]), "null"]
        if kind == "string" and name in ("event_id", "team", "player_name", "side"):
            return "bytes"
        return {"long": "int"}.get(kind, kind) if isinstance(kind, str) else kind
    return map_fields(schema, change, lambda f: [{"name": "gone_since", "type": {"type": "array", "items": "string"}}] + f[::-1])


def newer(schema):
    def change(name, kind):
        if isinstance(kind, list) or kind_of(kind) in ("array", "record") or name == "event_id":
            return kind
        return ["null", kind]
    return map_fields(schema, change, lambda f: f + [{"name": "added_later", "type": ["null", "string"], "default": None}])


VERSIONS = {"older": older, "newer": newer}


# ---- Avro's binary encoding

def put_long(out, value):
    value = (value << 1) ^ (value >> 63)
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)


def put(out, schema, value):
    kind = kind_of(schema)
    if isinstance(schema, list):
        branch = schema.index("null") if value is None else next(i for i, s in enumerate(schema) if s != "null")
        put_long(out, branch)
        put(out, schema[branch], value)
    elif kind == "record":
        for field in schema["fields"]:
            put(out, field["type"], value.get(field["name"], ADDED.get(field["name"])))
    elif kind == "array":
        for item in value:  # a block an item, each with its length in bytes
            block = bytearray()
            put(block, schema["items"], item)
            put_long(out, -1)
            put_long(out, len(block))
            out += block
        put_long(out, 0)
    elif kind in ("string", "bytes"):
        raw = value.encode() if isinstance(value, str) else value
        put_long(out, len(raw))
        out += raw
    elif kind == "double":
        out += struct.pack("<d", value)
    elif kind == "boolean":
        out.append(1 if value else 0)
    elif kind in ("int", "long"):
        put_long(out, value)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def long(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def read(self, schema):
        kind = kind_of(schema)
        if isinstance(schema, list):
            return self.read(schema[self.long()])
        if kind == "record":
            return {f["name"]: self.read(f["type"]) for f in schema["fields"]}
        if kind == "array":
            items = []
            while count := self.long():
                items += [self.read(schema["items"]) for _ in range(count)]
            return items
        if kind in ("string", "bytes"):
            raw = self.take(self.long())
            return raw.decode() if kind == "string" else raw
        if kind == "double":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "boolean":
            return self.take(1) == b"\x01"
        return None if kind == "null" else self.long()


ADDED = {"gone_since": ["not read", "any more"], "added_later": "not read yet"}


# ---- messages

def frame(schema):
    return b"\xc3\x01" + fingerprint_of(schema).to_bytes(8, "little")


def rewrite(lines):
    current = {}
    for path in (ROOT / "schemas" / "avro").glob("*.avsc"):
        schema = without_doc(json.loads(path.read_text(encoding="utf-8")))
        current[frame(schema)] = schema
    for number, line in enumerate(lines):
        head, _, text = line.rstrip("\n").rpartition("\t")
        payload = bytes.fromhex(text)
        schema = current.get(payload[:10])
        if schema is not None and number % 3 != 0:
            written = VERSIONS["older" if number % 3 == 1 else "newer"](schema)
            out = bytearray(frame(written))
            put(out, written, Reader(payload[10:]).read(schema))
            payload = bytes(out)
        print(f"{head}\t{payload.hex()}")


def list_schemas(version):
    for path in sorted((ROOT / "schemas" / "avro").glob("*.avsc")):
        schema = version(without_doc(json.loads(path.read_text(encoding="utf-8"))))
        print(f"{fingerprint_of(schema):016x}\t{schema['name']}\t{json.dumps(schema)}")


def main():
    if sys.argv[1:] == ["rewrite"]:
        rewrite(sys.stdin)
    elif len(sys.argv) == 3 and sys.argv[1] == "schemas" and sys.argv[2] in VERSIONS:
        list_schemas(VERSIONS[sys.argv[2]])
    else:
        sys.exit(__doc__)


main()
