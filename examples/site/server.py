"""A project website for development: serves a folder, and signs the description of a machine at ``/vmcp``.

python server.py site-key.pem --port 8080
"""

from __future__ import annotations

import argparse
import json
import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cvmwebapi import website

DOMAINS = ("localhost", "127.0.0.1")

# ${visitor} takes the value that the page gives to session.start().
USER_DATA = """\
[amiconfig]
plugins=cernvm

[cernvm]
contextualization_key=example-site
greeting=Hello ${visitor:volunteer}, your computer is helping now!
"""

MACHINE: dict[str, Any] = {
    "name": "example",
    "userData": USER_DATA,
    "cpus": 1,
    "memory": 512,
    "disk": 1024,
    "version": "latest",
    "flags": 1,
    "apiPort": 80,
    "canOverride": "cpus,memory,executionCap",
}


class Site(SimpleHTTPRequestHandler):
    """Files of the folder, and the endpoint."""

    def __init__(self, *args: Any, key: website.PrivateKey, **kwargs: Any) -> None:
        self.key = key
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/vmcp":
            self.answer_vmcp()
        else:
            super().do_GET()

    def answer_vmcp(self) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        # For development only: a real site signs nothing that a request tells it.
        wanted = {name: values[-1] for name, values in query.items() if not name.startswith("cvm_")}
        # A site with accounts keeps a random secret for each of its users instead.
        secret = website.computer_secret(query, self.key)
        try:
            response = website.answer({"secret": secret, **MACHINE, **wanted}, query, self.key)
        except ValueError as error:
            self.send_error(400, "Not signable", str(error))
            return
        self.send_response(response.status)
        # end_headers sends this one with everything.
        response.headers.pop("Cache-Control")
        for name, value in {**response.headers, "Content-Length": str(len(response.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """A folder without an index.html is nobody's business."""
        self.send_error(404, "No such page")

    def end_headers(self) -> None:
        # Edit, reload, see it.
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


def load_or_make_key(file: Path) -> website.PrivateKey:
    """The site's RSA key; made, readable by its owner alone, when the file is missing."""
    if file.exists():
        return website.load_key(file)
    key = website.generate_key()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(website.private_pem(key))
    return key


def main() -> None:
    parser = argparse.ArgumentParser(description="A project website for development.")
    parser.add_argument("key", type=Path, help="PEM file of the site's private key; made when missing")
    parser.add_argument("--port", type=int, default=8080, help="0: any free one (default: %(default)s)")
    parser.add_argument("--site", type=Path, default=Path(__file__).parent, help="folder to serve (default: this one)")
    options = parser.parse_args()
    if options.site.resolve() in options.key.resolve().parents:
        parser.error("the key must not lie in the folder that is served: everybody could fetch it")

    key = load_or_make_key(options.key)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), partial(Site, directory=options.site, key=key))
    address = f"http://127.0.0.1:{server.server_port}"
    print(
        json.dumps(
            {
                "site": f"{address}/",
                "vmcp": f"{address}/vmcp",
                "key": str(options.key.resolve()),
                "keystoreLines": [website.keystore_line(domain, key) for domain in DOMAINS],
            }
        ),
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
