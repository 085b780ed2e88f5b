"""Inputs that are made to cost memory or time. Run as a program with the name of one, it lets the host meet it, under
limits of the system, and prints what that took: ``{"error", "memory" (MB, at most), "cpu" (seconds)}``.

A real server sends each, from a process of its own, so that only the host's share is counted.
"""

from __future__ import annotations

import base64
import gzip
import json
import multiprocessing
import resource
import sys
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

LIMIT_CPU = 20
LIMIT_MEMORY = 2048 * 1024 * 1024
FULL = 1024 * 1024 - 1000

Made = Callable[[], bytes]


def gzip_bomb(megabytes: int = 500) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(megabytes)) + packer.flush()


def gzip_in_gzip() -> bytes:
    return gzip.compress(gzip.compress(bytes(50 * 1024 * 1024)))


def gzip_three_times() -> bytes:
    """Less than two kilobytes."""
    return gzip.compress(gzip_in_gzip())


def filled(start: bytes, piece: bytes, end: bytes = b"") -> Made:
    """As many pieces as an answer may have bytes."""
    return lambda: start + piece * ((FULL - len(start) - len(end)) // len(piece)) + end


def many_keys() -> bytes:
    return ("{" + ",".join(f'"k{n}":0' for n in range(80_000)) + "}").encode()


def wide_and_deep() -> bytes:
    return b'{"a":[' + b",".join([b"[" * 14 + b"]" * 14] * 34_000) + b"]}"


def huge_rsa_keys() -> bytes:
    """Statements with keys at the upper limit, each to be checked."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cvmwebapi.vmcp import keys

    made = [rsa.RSAPublicNumbers(2**64 - 59, 2**16384 - 1 - 2 * n).public_key() for n in range(17)]
    texts = [keys.to_base64(key) for key in made]
    signature = base64.b64encode(b"\1" * 2048).decode()
    rotation = [{"old": texts[0], "new": text, "signature": signature} for text in texts[1:]]
    document = {"key": texts[-1], "algorithm": "rsa-sha512", "contact": "me", "rotation": rotation}
    return json.dumps(document).encode()


# What is met, the error that it ends with, how it is encoded.
BODIES: dict[str, tuple[Made, str, str]] = {
    "gzip bomb": (gzip_bomb, "vmcpTooLarge", "gzip"),
    "gzip within gzip": (gzip_in_gzip, "vmcpUnreachable", "gzip, gzip"),
    "gzip three times": (gzip_three_times, "vmcpUnreachable", "gzip, gzip, gzip"),
    "deflate bomb": (lambda: zlib.compress(bytes(200 * 1024 * 1024), 9), "vmcpTooLarge", "deflate"),
    "ten encodings": (lambda: b"junk", "vmcpUnreachable", ", ".join(["gzip"] * 10)),
    "open brackets": (filled(b"", b"["), "vmcpNotJson", ""),
    "open objects": (filled(b"", b'{"a":'), "vmcpNotJson", ""),
    "empty lists": (filled(b'{"a":[', b"[],", b"[]]}"), "vmcpIncomplete", ""),
    "empty objects": (filled(b'{"a":[', b"{},", b"{}]}"), "vmcpIncomplete", ""),
    "wide and deep": (wide_and_deep, "vmcpIncomplete", ""),
    "one number": (filled(b'{"a":', b"9", b"}"), "vmcpNotJson", ""),
    "one fraction": (filled(b'{"a":0.', b"9", b"}"), "vmcpIncomplete", ""),
    "one exponent": (filled(b'{"a":1e', b"9", b"}"), "vmcpIncomplete", ""),
    "many keys": (many_keys, "vmcpIncomplete", ""),
    "escapes": (filled(b'{"a":"', b"\\u00e9", b'"}'), "vmcpIncomplete", ""),
    "wide characters": (filled(b'{"a":"', "\U0001f600".encode(), b'"}'), "vmcpIncomplete", ""),
    "spaces": (filled(b"{", b" "), "vmcpNotJson", ""),
    "an open string": (filled(b'{"a":"', b"\\\\"), "vmcpNotJson", ""),
    "text to encode": (filled(b'{"name":"a","secret":"b","signature":"c","d":"', b"\x7f", b'"}'), "signatureWrong", ""),
    "a signature": (filled(b'{"name":"a","secret":"b","signature":"', b"A", b'"}'), "signatureWrong", ""),
    "names to override": (
        filled(b'{"name":"a","secret":"b","signature":"c","d":"', b"a,", b'"}'),
        "signatureWrong",
        "",
    ),
    "headers without end": (lambda: b"", "vmcpUnreachable", "headers"),
    "a list of keys": (lambda: b"\n".join(b"d%d.example=QUJD" % n for n in range(200_000)), "no error", "keystore"),
    "a list of equals signs": (lambda: b"=" * (4 * 1024 * 1024), "no error", "keystore"),
    "a list of spaces": (lambda: b"#serial 1" + b" " * (4 * 1024 * 1024 - 20) + b"x", "no error", "keystore"),
    "a list of serials": (lambda: b"#serial 1\n" * 400_000, "no error", "keystore"),
    "rotation by huge keys": (huge_rsa_keys, "keyChanged", "published"),
}


def _serve(body: bytes, encoding: str, ready: Connection) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                self.send_response(200)
                if encoding == "headers":
                    while True:
                        self.wfile.write(b"X-Endless: " + b"x" * 60_000 + b"\r\n")
                if encoding and encoding not in ("keystore", "published"):
                    self.send_header("Content-Encoding", encoding)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.send(server.server_address[1])
    server.serve_forever()


def _meet(url: str, kind: str) -> None:
    from cvmwebapi import website
    from cvmwebapi.net import document
    from cvmwebapi.vmcp import client, keystore, keystore_history, pinned_keys, published_document, published_keys

    if kind == "keystore":
        body = document.get(url, limit=keystore.MAX_LIST)
        keystore.parse_list(body)
        keystore_history.serial_of(body)
        return
    if kind == "published":
        document = published_document.parse(document.get(url, limit=published_keys.MAX_DOCUMENT))
        pins = pinned_keys.PinnedKeys(Path.home())
        pins.put(pinned_keys.Pin("example.org", document.rotation[0].old, "rsa-sha512", "me", 0, 0))
        published_keys._pin(pins, "example.org", document, 0)
        return
    trust = keystore.Trust("example.org", website.generate_key("ed25519").public_key(), "")
    client.read_answer(document.get(url), "SALT", trust, "example.org")


def main(name: str) -> None:
    """Meet the input ``name``."""
    from cvmwebapi.errors import CVMError

    kind = BODIES[name][2]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_child, args=(name, kind, theirs), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/"
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_CPU, LIMIT_CPU))
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_MEMORY, LIMIT_MEMORY))
    error = "no error"
    try:
        _meet(url, kind)
    except CVMError as caught:
        error = caught.name
    finally:
        server.kill()
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss: that begins with what the parent had before this program was loaded.
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    memory = int(peak.split()[1]) / 1024
    print(json.dumps({"error": error, "memory": memory, "cpu": used.ru_utime + used.ru_stime}))


def _child(name: str, kind: str, ready: Connection) -> None:
    body = BODIES[name][0]()
    threading.Thread(target=_serve, args=(body, kind, ready)).start()


if __name__ == "__main__":
    main(sys.argv[1])
