"""A VMCP endpoint as plain WSGI: SITE_KEY=site-key.pem python wsgi_site.py 8081"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

from cvmwebapi import website

KEY = website.load_key(os.environ["SITE_KEY"])
MACHINE = {"name": "example", "cpus": 1, "memory": 1024, "disk": 10240, "flags": 1, "userData": "[amiconfig]\n"}


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers ``/vmcp``."""
    if environ["PATH_INFO"] != "/vmcp":
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"No such page\n"]
    query = parse_qs(environ.get("QUERY_STRING", ""))
    secret = website.computer_secret(query, KEY)
    response = website.answer({**MACHINE, "secret": secret}, query, KEY)
    start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(response.headers.items()))
    return [response.body]


if __name__ == "__main__":
    with make_server("127.0.0.1", int(sys.argv[1]), app) as server:
        server.serve_forever()
