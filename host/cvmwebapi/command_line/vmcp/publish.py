"""``cernvm-webapi vmcp publish``: the document by which a website without central listing publishes its key."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser(
        "publish",
        help="print the document that publishes a key",
        description="Print the document that publishes a key, to be served as "
        "https://DOMAIN/.well-known/cernvm-webapi.json. To change the key, run it with the new key, the old one "
        "under --after, and the document of before under --document.",
    )
    parser.add_argument("domain", help="host name of the website's pages")
    parser.add_argument("key", type=Path, help="PEM file of the private key that the website signs with")
    parser.add_argument("--contact", required=True, help="mail address or URL for questions about the key")
    parser.add_argument("--next", type=Path, metavar="KEY", help="announce this key, vouched for by the present one")
    parser.add_argument("--after", type=Path, metavar="KEY", help="let this earlier key vouch for the present one")
    parser.add_argument("--document", type=Path, help="the earlier document, whose statements are kept")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi import website
    from cvmwebapi.command_line.keystore import store
    from cvmwebapi.vmcp import published_document

    domain = store.domain_name(options.domain)
    key = inputs.read_private_key(options.key)
    following = inputs.read_private_key(options.next) if options.next else None
    rotation = _statements(options.document)
    if options.after:
        rotation.append(website.rotation_statement(domain, inputs.read_private_key(options.after), key))
    if following:
        rotation.append(website.rotation_statement(domain, key, following))
    # A statement that was announced before is not made twice; long histories lose their beginning.
    unique = list({(item["old"], item["new"]): item for item in rotation}.values())
    made = website.published_key(
        key, options.contact, next_key=following, rotation=unique[-published_document.MAX_ROTATIONS :]
    )
    text = inputs.as_json(made)
    try:
        published_document.parse(text.encode("ascii"))
    except published_document.BadDocument as error:
        raise inputs.unusable("The document", str(error)) from error
    print(text)
    return 0


def _statements(file: Path | None) -> list[dict[str, str]]:
    """The statements of an earlier document."""
    from cvmwebapi.vmcp import published_document

    if file is None:
        return []
    try:
        published_document.parse(inputs.read_file(file))
    except published_document.BadDocument as error:
        raise inputs.unusable(file, str(error)) from error
    found: list[dict[str, str]] = inputs.read_object(file).get("rotation", [])
    return found
