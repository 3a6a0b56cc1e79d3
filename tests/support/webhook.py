#!/usr/bin/env python3
"""tests/support/webhook.py: takes webhooks, and writes each body as a line.

usage: webhook.py PORT_FILE BODIES_FILE

Picks a free port of the loopback and writes it into PORT_FILE.
"""
import http.server
import pathlib
import sys


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[2], "ab") as out:
            out.write(body.replace(b"\n", b" ") + b"\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
pathlib.Path(sys.argv[1]).write_text(str(server.server_port))
server.serve_forever()
