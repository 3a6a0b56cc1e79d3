#!/usr/bin/env python3
"""A bucket behind the S3 protocol, on a free port of loopback, that believes no signature which it has not made itself.

usage: bucket.py FOLDER PORT_FILE KEY SECRET REGION

Objects are files below FOLDER/BUCKET. The port goes into PORT_FILE once requests are taken. FOLDER/requests.log
has a line a request: METHOD KEY STATUS. While FOLDER/fail holds a number above 0, that many requests are answered
with 503. Signatures are AWS Signature Version 4 over method, path, query, signed headers and the body's hash;
host, x-amz-date and x-amz-content-sha256 have to be among the headers, and the body has to have that hash.
"""
import hashlib
import hmac
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

FOLDER, PORT_FILE, KEY, SECRET, REGION = sys.argv[1:6]
ROOT = Path(FOLDER)
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, "
                           r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical_query(query):
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{k}={v}" for k, v in pairs)


def signature(method, url, headers, signed, day, region, payload):
    parts = urlsplit(url)
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed)
    request = "\n".join([method, quote(unquote(parts.path), safe="/-_.~"), canonical_query(parts.query), lines,
                         ";".join(signed), payload])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest(request.encode())])
    key = ("AWS4" + SECRET).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = mac(key, part)
    return mac(key, text).hex()


def refusal(method, url, headers, body):
    """Why the request is not believed; nothing when it is."""
    found = AUTHORIZATION.match(headers.get("authorization", ""))
    if not found:
        return "no authorization"
    key, day, region, signed, given = found.groups()
    signed = signed.split(";")
    payload = headers.get("x-amz-content-sha256", "")
    if key != KEY or region != REGION:
        return "another key or region"
    if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed) or not set(signed) <= set(headers):
        return f"signed headers are {signed}"
    if not headers["x-amz-date"].startswith(day):
        return "two days"
    if payload != digest(body):
        return "the body has another hash"
    if not hmac.compare_digest(signature(method, url, headers, signed, day, region, payload), given):
        return "SignatureDoesNotMatch"
    return ""


class Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b""):
        with open(ROOT / "requests.log", "a", encoding="utf-8") as log:
            log.write(f"{self.command} {unquote(urlsplit(self.path).path)} {status}\n")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def must_fail(self):
        counter = ROOT / "fail"
        left = int(counter.read_text() or 0) if counter.exists() else 0
        if left > 0:
            counter.write_text(str(left - 1))
        return left > 0

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.must_fail():
            return self.answer(503, b"SlowDown")
        why = refusal(self.command, self.path, headers, body)
        if why:
            return self.answer(403, why.encode())
        path = ROOT / unquote(urlsplit(self.path).path).lstrip("/")
        if ".." in path.parts:
            return self.answer(400)
        return getattr(self, "on_" + self.command.lower())(path, headers, body)

    def on_get(self, path, _headers, _body):
        if path.is_file():
            self.answer(200, path.read_bytes())
        else:
            self.answer(404, b"NoSuchKey")

    def on_put(self, path, headers, body):
        if headers.get("content-type") != "application/json" or "max-age=" not in headers.get("cache-control", ""):
            return self.answer(400, b"no content type or no caching")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(path.name + ".new").write_bytes(body)
        path.with_name(path.name + ".new").rename(path)
        return self.answer(200)

    def on_delete(self, path, _headers, _body):
        path.unlink(missing_ok=True)
        self.answer(204)

    do_GET = do_PUT = do_DELETE = handle_any


def main():
    ROOT.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    Path(PORT_FILE).write_text(str(server.server_address[1]))
    server.serve_forever()


main()
