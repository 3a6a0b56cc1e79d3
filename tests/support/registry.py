#!/usr/bin/env python3
"""tests/support/registry.py
   A schema registry in memory, as far as tests need one: the two calls of Confluent's API that
   producers and consumers make, and its errors.

usage: tests/support/registry.py PORT [FILE]      (0: any; the first line of output is the port)

FILE keeps the schemas from one run to the next.

Beside that, GET /asked answers how many requests came, and some names mean trouble: the subject
"refused-value" takes nothing (409), "broken-value" fails (503); schema 901 is of another type, 902 refers
to others, 903 fails (503), 904 is no Avro schema, 905 answers with something that is no JSON.
"""
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

SCHEMAS, LOCK, ASKED = [], Lock(), [0]
ODD = {901: (200, {"schema": "syntax = 'proto3';", "schemaType": "PROTOBUF"}),
       902: (200, {"schema": '"string"', "references": [{"name": "x", "subject": "x", "version": 1}]}),
       903: (503, {"error_code": 50301, "message": "away"}),
       904: (200, {"schema": '{"type":"record"}'}),
       905: (200, None)}


class Registry(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        raw = json.dumps(body).encode() if body is not None else b"<html>"
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self):
        if self.path == "/asked":
            self.answer(200, ASKED[0])
            return
        with LOCK:
            ASKED[0] += 1
        found = re.fullmatch(r"/schemas/ids/(\d+)", self.path)
        number = int(found[1]) if found else 0
        if not found:
            self.answer(404, {"error_code": 404, "message": "HTTP 404 Not Found"})
        elif number in ODD:
            self.answer(*ODD[number])
        elif 1 <= number <= len(SCHEMAS):
            self.answer(200, {"schema": SCHEMAS[number - 1]})
        else:
            self.answer(404, {"error_code": 40403, "message": f"Schema {number} not found"})

    def do_POST(self):
        with LOCK:
            ASKED[0] += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        found = re.fullmatch(r"/subjects/([^/]+)/versions", self.path)
        if not found or self.headers["Content-Type"] != "application/vnd.schemaregistry.v1+json":
            self.answer(404, {"error_code": 404, "message": "HTTP 404 Not Found"})
        elif found[1] == "refused-value":
            self.answer(409, {"error_code": 409, "message": "Schema being registered is incompatible"})
        elif found[1] == "broken-value":
            self.answer(503, {"error_code": 50301, "message": "away"})
        else:
            schema = json.loads(body)["schema"]
            json.loads(schema)
            with LOCK:
                if schema not in SCHEMAS:
                    SCHEMAS.append(schema)
                    keep()
                self.answer(200, {"id": SCHEMAS.index(schema) + 1})

    def log_message(self, *_):
        pass


def keep():
    if len(sys.argv) == 3:
        Path(sys.argv[2]).write_text(json.dumps(SCHEMAS), encoding="utf-8")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if len(sys.argv) == 3 and Path(sys.argv[2]).exists():
        SCHEMAS.extend(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Registry)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
