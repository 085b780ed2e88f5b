"""``cernvm-webapi vmcp serve``: a VMCP server from a folder of JSON templates."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvmwebapi.command_line import inputs

if TYPE_CHECKING:
    from cvmwebapi.command_line.vmcp.templates import Templates


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser(
        "serve",
        help="serve signed descriptions from a folder of JSON templates",
        description="Serve the machine of DIR/name.json, signed, at /name. "
        "A template without a secret gets one for each computer.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of templates")
    parser.add_argument("--key", type=Path, required=True, help="PEM file of the private key")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8081, help="port to listen on; 0: any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--launch-options",
        action="store_true",
        help="offer each machine in three sizes, too (CPUs, GB of memory, GB of disk): 1, 1, 10; 1, 2, 20; 2, 2, 20",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line.vmcp.templates import Templates

    templates = Templates(options.folder, options.launch_options)
    key = inputs.read_private_key(options.key)
    problems = templates.problems()
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    return _serve(templates, key, options.address, options.port)


def _serve(templates: Templates, key: Any, address: str, port: int) -> int:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import parse_qs, unquote, urlsplit

    from cvmwebapi import website
    from cvmwebapi.errors import CVMError

    class Endpoint(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query, keep_blank_values=True)
            name = unquote(url.path).strip("/")
            try:
                machine = templates.machine(name)
                if machine is None:
                    self.send_error(404, "No such machine")
                    return
                secret = website.computer_secret(query, key, name.partition("/")[0])
                response = website.answer({"secret": secret, **machine}, query, key)
            except (CVMError, ValueError) as error:
                # The template was spoilt while we run: its author reads the terminal.
                self.log_error("%s", error)
                self.send_error(500, "The template of this machine is broken")
                return
            self.send_response(response.status)
            for header, value in {**response.headers, "Content-Length": str(len(response.body))}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, format: str, *args: Any) -> None:
            # Without the query: it holds the id of a computer. In ASCII: a stranger wrote it, and terminals obey.
            print(ascii(f"{self.address_string()} {format % args}".partition("?")[0])[1:-1], file=sys.stderr)

    try:
        server = ThreadingHTTPServer((address, port), Endpoint)
    except (OSError, OverflowError) as error:
        detail = getattr(error, "strerror", None) or "nothing can listen there"
        raise inputs.unusable(f"{address}:{port}", detail) from error
    for name in templates.names():
        print(f"http://{address}:{server.server_port}/{name}")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0
