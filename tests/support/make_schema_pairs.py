#!/usr/bin/env python3
"""tests/support/make_schema_pairs.py
   Writes tests/unit/schema_pairs.json: what an independent implementation makes of pairs of schemas.

usage: tests/support/make_schema_pairs.py OUT.json     (needs the Python package fastavro)

Each case has a writer's schema with its fingerprint, a reader's, a body that fastavro wrote under the first, and the body
that it writes under the second of what it read through both; or no such body where it refuses. Named
cases come first, one a rule of the specification; then random schemas with random values, evolved at
random. The seed is fixed, so the file is always the same.
"""
import io
import json
import random
import sys

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro.schema import fingerprint, to_parsing_canonical_form

RANDOM_CASES = 150
PROMOTIONS = {"int": ["long", "float", "double"], "long": ["float", "double"], "float": ["double"],
              "string": ["bytes"], "bytes": ["string"]}


def rec(*fields, name="R", **more):
    return {"type": "record", "name": name, "fields": [
        {"name": f[0], "type": f[1], **(f[2] if len(f) > 2 else {})} for f in fields], **more}


def enum(*symbols, name="E", **more):
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def array(items):
    return {"type": "array", "items": items}


def mapped(values):
    return {"type": "map", "values": values}


AB = rec(("a", "string"), ("b", "long"))
AB_VALUE = {"a": "text", "b": -77}
NODE = rec(("v", "int"), ("next", ["null", "R"]))
NODE_LONG = rec(("next", ["null", "R"]), ("v", "long"), ("w", "string", {"default": "new"}))
CHAIN = {"v": 1, "next": {"v": 2, "next": {"v": 3, "next": None}}}
MANY = {"z": [{"p": 1, "q": "x"}, {"p": 2, "q": "y"}], "m": {"k": {"p": 3, "q": "z"}}, "u": None}
INNER = rec(("p", "int"), ("q", "string"), name="I")
INNER_TURNED = rec(("q", "bytes"), ("o", "double", {"default": 0.5}), ("p", "long"), name="I")

# name, writer, reader, value
NAMED = [
    ("the same schema", AB, AB, AB_VALUE),
    ("a field that the reader lacks is skipped", rec(("a", "string"), ("x", "double"), ("b", "long")), AB,
     {**AB_VALUE, "x": 1.5}),
    ("a whole record that the reader lacks is skipped",
     rec(("a", "string"), ("x", array(mapped(["null", INNER, "string"]))), ("b", "long")), AB,
     {**AB_VALUE, "x": [{"one": {"p": 5, "q": "five"}, "two": None}, {}, {"three": "3"}]}),
    ("fields in another order", AB, rec(("b", "long"), ("a", "string")), AB_VALUE),
    ("defaults before, between and behind", AB,
     rec(("x", "int", {"default": -1}), ("a", "string"), ("y", ["null", "string"], {"default": None}), ("b", "long"),
         ("z", "boolean", {"default": True})), AB_VALUE),
    ("defaults among fields in another order", AB,
     rec(("x", "int", {"default": -1}), ("b", "long"), ("y", "string", {"default": "why"}), ("a", "string"),
         ("z", "double", {"default": 2.5})), AB_VALUE),
    ("defaults of arrays, maps, enums and records", AB,
     rec(("a", "string"), ("b", "long"), ("l", array("int"), {"default": [1, -2, 300]}),
         ("m", mapped("string"), {"default": {"k": "v"}}), ("e", enum("X", "Y"), {"default": "Y"}),
         ("r", INNER, {"default": {"p": 9, "q": "nine"}}), ("n", array("int"), {"default": []})), AB_VALUE),
    ("a field without a default that the writer lacks", AB, rec(("a", "string"), ("b", "long"), ("c", "int")), AB_VALUE),
    ("a nested field without a default", rec(("r", rec(("p", "int"), name="I"))), rec(("r", INNER)), {"r": {"p": 1}}),
    ("an alias of the reader's", AB, rec(("text", "string", {"aliases": ["a"]}), ("b", "long")), AB_VALUE),
    ("a record's alias", rec(("a", "int"), name="Old"), rec(("a", "long"), name="New", aliases=["Old"]), {"a": 5}),
    ("a record of another name", rec(("r", rec(("p", "int"), name="One"))), rec(("r", rec(("p", "int"), name="Two"))),
     {"r": {"p": 1}}),
    ("a record in another namespace", rec(("a", "int"), namespace="one"), rec(("a", "int"), namespace="two"), {"a": 5}),
    *((f"{a} becomes {b}", rec(("v", a)), rec(("v", b)), {"v": {"string": "grün", "bytes": b"gr\xc3\xbcn"}.get(a, v)})
      for a, bs in PROMOTIONS.items() for b in bs for v in ([7, -3000] if a in ("int", "long") else [0.375])),
    *((f"{a} is no {b}", rec(("v", a)), rec(("v", b)), {"v": v})
      for a, b, v in (("long", "int", 5), ("double", "float", 1.5), ("float", "long", 1.5), ("double", "long", 1.5),
                      ("string", "int", "5"), ("boolean", "int", True), ("int", "boolean", 1), ("bytes", "long", b"5"),
                      ("int", "string", 5))),
    ("bytes that are no text", rec(("v", "bytes")), rec(("v", "string")), {"v": b"\xff\xfe"}),
    ("an array is no map", rec(("v", array("int"))), rec(("v", mapped("int"))), {"v": [1]}),
    ("items are promoted", rec(("v", array("int"))), rec(("v", array("double"))), {"v": [1, 2, -3]}),
    ("values are promoted", rec(("v", mapped("int"))), rec(("v", mapped("long"))), {"v": {"a": 1}}),
    ("items that cannot be", rec(("v", array("string"))), rec(("v", array("long"))), {"v": ["1"]}),
    ("records inside everything", rec(("z", array(INNER)), ("m", mapped("I")), ("u", ["null", "I"])),
     rec(("u", ["null", INNER_TURNED]), ("m", mapped("I")), ("z", array("I"))), MANY),
    ("a plain value becomes a union's", rec(("v", "string")), rec(("v", ["null", "string"])), {"v": "x"}),
    ("a promoted value becomes a union's", rec(("v", "int")), rec(("v", ["null", "double"])), {"v": 4}),
    ("the first branch that takes it", rec(("v", "int")), rec(("v", ["string", "double", "int"])), {"v": 5}),
    ("a branch that is wrong inside", rec(("v", rec(("p", "int"), name="I"))), rec(("v", ["null", INNER])), {"v": {"p": 1}}),
    ("no branch for it", rec(("v", "string")), rec(("v", ["null", "long"])), {"v": "x"}),
    ("a union's value becomes plain", rec(("v", ["null", "int"])), rec(("v", "long")), {"v": 4}),
    ("a union's null cannot become plain", rec(("v", ["null", "int"])), rec(("v", "long")), {"v": None}),
    ("branches in another order", rec(("v", ["null", "string", "long"])), rec(("v", ["long", "null", "string"])),
     {"v": "x"}),
    ("a branch is promoted", rec(("v", ["null", "int"])), rec(("v", ["null", "string", "double"])), {"v": 6}),
    ("a branch that the reader lacks, not in use", rec(("v", ["null", "string", "long"])), rec(("v", ["null", "long"])),
     {"v": 8}),
    ("a branch that the reader lacks, in use", rec(("v", ["null", "string", "long"])), rec(("v", ["null", "long"])),
     {"v": "x"}),
    ("symbols in another order", rec(("e", enum("A", "B", "C"))), rec(("e", enum("C", "X", "B", "A"))), {"e": "B"}),
    ("a symbol that went, with a default", rec(("e", enum("A", "B", "C"))),
     rec(("e", enum("OTHER", "A", default="OTHER"))), {"e": "C"}),
    ("a symbol that went, without a default", rec(("e", enum("A", "B", "C"))), rec(("e", enum("A", "C"))), {"e": "B"}),
    ("a symbol that stayed, without a default", rec(("e", enum("A", "B", "C"))), rec(("e", enum("A", "C"))), {"e": "C"}),
    ("fixed", rec(("f", {"type": "fixed", "name": "F", "size": 4}), ("x", "int")),
     rec(("f", {"type": "fixed", "name": "F", "size": 4})), {"f": b"\x00\xff\x01\xfe", "x": 1}),
    ("fixed of another size", rec(("f", {"type": "fixed", "name": "F", "size": 4})),
     rec(("f", {"type": "fixed", "name": "F", "size": 5})), {"f": b"abcd"}),
    ("a record that contains itself", NODE, NODE_LONG, CHAIN),
    ("a record that contains itself is skipped", rec(("n", {**NODE, "name": "N", "fields": [
        NODE["fields"][0], {"name": "next", "type": ["null", "N"]}]}), ("a", "int")), rec(("a", "int")),
     {"n": CHAIN, "a": 5}),
    ("the extremes of numbers", rec(("i", "int"), ("l", "long"), ("d", "double")),
     rec(("d", "double"), ("l", "long"), ("i", "long")), {"i": -2**31, "l": -2**63, "d": -0.0}),
]


# ---- random schemas, values of them, and what becomes of them

class Maker:
    def __init__(self, rng):
        self.rng, self.names = rng, 0

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def type(self, depth):
        kinds = ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "enum", "fixed"]
        if depth > 0:
            kinds += ["record", "array", "map", "union", "record", "array", "union"]
        kind = self.rng.choice(kinds)
        if kind == "enum":
            return enum(*(f"S{i}" for i in range(self.rng.randint(1, 5))), name=self.name("E"))
        if kind == "fixed":
            return {"type": "fixed", "name": self.name("F"), "size": self.rng.randint(0, 6)}
        if kind == "record":
            return self.record(depth - 1)
        if kind == "array":
            return array(self.type(depth - 1))
        if kind == "map":
            return mapped(self.type(depth - 1))
        if kind == "union":
            return ["null", self.rng.choice(["int", "long", "double", "string", "boolean", self.record(depth - 1)])]
        return kind

    def record(self, depth):
        name = self.name("R")
        return rec(*((f"f{i}", self.type(depth)) for i in range(self.rng.randint(0, 6))), name=name)

    def value(self, schema):
        r = self.rng
        if isinstance(schema, list):
            return self.value(r.choice(schema))
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "record":
            return {f["name"]: self.value(f["type"]) for f in schema["fields"]}
        if kind == "array":
            return [self.value(schema["items"]) for _ in range(r.choice([0, 1, 3]))]
        if kind == "map":
            return {f"k{i}": self.value(schema["values"]) for i in range(r.choice([0, 1, 3]))}
        if kind == "enum":
            return r.choice(schema["symbols"])
        return {"null": lambda: None, "boolean": lambda: r.random() < 0.5,
                "int": lambda: r.choice([0, -1, 63, 64, -65, r.randint(-2**24, 2**24)]),
                "long": lambda: r.choice([0, -1, r.randint(-2**24, 2**24)]),
                "float": lambda: r.randint(-1000, 1000) / 8, "double": lambda: r.uniform(-1e6, 1e6),
                "bytes": lambda: r.choice([b"", b"abc", "é".encode()]), "string": lambda: r.choice(["", "text", "größe"]),
                "fixed": lambda: bytes(r.randrange(256) for _ in range(schema["size"]))}[kind]()

    def evolve(self, schema):
        r = self.rng
        if isinstance(schema, list):
            evolved = [schema[0], self.evolve(schema[1])]
            if isinstance(evolved[1], list):
                evolved = evolved[1]
            return r.choice([evolved, evolved[::-1], evolved, evolved[1]])
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "record":
            evolved = self.evolve_record(schema)
        elif kind == "array":
            evolved = array(self.evolve(schema["items"]))
        elif kind == "map":
            evolved = mapped(self.evolve(schema["values"]))
        elif kind == "enum":
            symbols = [s for s in schema["symbols"] if r.random() < 0.8] + ["NEW"]
            r.shuffle(symbols)
            evolved = enum(*symbols, name=schema["name"], **({"default": "NEW"} if r.random() < 0.6 else {}))
        else:
            evolved = r.choice(PROMOTIONS[kind]) if kind in PROMOTIONS and r.random() < 0.4 else schema
        if not isinstance(evolved, list) and evolved != "null" and r.random() < 0.15:
            return ["null", evolved]
        return evolved

    def evolve_record(self, schema):
        r = self.rng
        fields = []
        for f in schema["fields"]:
            if r.random() < 0.2:
                continue
            new = {"name": f["name"], "type": self.evolve(f["type"])}
            if r.random() < 0.1:
                new = {"name": f["name"] + "new", "aliases": [f["name"]], "type": new["type"]}
            fields.append(new)
        for _ in range(r.choice([0, 0, 1, 2])):
            kind, default = r.choice([("int", 5), ("string", "added"), (["null", "long"], None), (array("int"), [1, 2]),
                                      ("double", 0.25), ("boolean", False)])
            fields.append({"name": self.name("added"), "type": kind, "default": default})
        if r.random() < 0.5:
            r.shuffle(fields)
        return {"type": "record", "name": schema["name"], "fields": fields}


def random_cases():
    for n in range(RANDOM_CASES):
        maker = Maker(random.Random(n))
        schema = maker.record(3)
        yield f"random {n}", schema, maker.evolve_record(schema), maker.value(schema)


# ---- what fastavro says

def encoded(schema, value):
    out = io.BytesIO()
    schemaless_writer(out, parse_schema(schema), value)
    return out.getvalue()


def case_of(name, writer, reader, value):
    body = encoded(writer, value)
    try:
        want = encoded(reader, schemaless_reader(io.BytesIO(body), parse_schema(writer), parse_schema(reader)))
    except Exception as fault:  # fastavro raises whatever it likes
        print(f"{name}: refused: {type(fault).__name__} {str(fault)[:90]}", file=sys.stderr)
        want = None
    crc = fingerprint(to_parsing_canonical_form(writer), "CRC-64-AVRO")  # its lowest byte comes first
    return {"name": name, "fingerprint": bytes.fromhex(crc)[::-1].hex(), "writer": writer, "reader": reader, "body": body.hex(),
            "want": want.hex() if want is not None else None}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    cases = [case_of(*c) for c in NAMED] + [case_of(*c) for c in random_cases()]
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(c, ensure_ascii=True, separators=(",", ":")) for c in cases) + "\n]\n")


main()
