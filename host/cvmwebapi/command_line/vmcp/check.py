"""``cernvm-webapi vmcp check``: ask an endpoint as a host would, and explain all that is wrong with it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvmwebapi.command_line import inputs
from cvmwebapi.errors import CVMError

if TYPE_CHECKING:
    from cvmwebapi.config.settings import Settings
    from cvmwebapi.vmcp.keys import PublicKey


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser(
        "check",
        help="check an endpoint and explain every problem",
        description="Ask an endpoint once, as a host would, and explain every problem of its answer.",
    )
    parser.add_argument("url", help="what the page passes to requestSession")
    parser.add_argument("--domain", help="host name of the page (default: that of the URL)")
    parser.add_argument("--keystore", help="address of a keystore to use instead of those in the settings")
    parser.add_argument("--root-key", type=Path, help="file with the public root key of that keystore")
    parser.add_argument("--key", type=Path, help="check with this public key instead of asking a keystore")
    parser.set_defaults(run=_run, usage_error=parser.error)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line.vmcp import report
    from cvmwebapi.net import addresses, document, names
    from cvmwebapi.texts.phrase import detail
    from cvmwebapi.vmcp import answer_problems, host_id, salt

    if bool(options.keystore) != bool(options.root_key):
        options.usage_error("--keystore and --root-key belong together")
    settings = _settings(options)
    problems: list[str] = []
    try:
        domain = options.domain or addresses.page_domain(options.url)
        key = _key(options, domain, settings, problems)
        nonce = salt.new_salt()
        query = {"cvm_salt": nonce, "cvm_hostid": host_id.host_id(host_id.local_id(), domain)}
        asked = addresses.with_query(options.url, query)
        nearest = names.page_space(domain, settings.local_network_sites)
        try:
            body = document.get(asked, legacy_http=settings.legacy_http_domains, nearest=nearest)
        except CVMError as error:
            if error.params.get("detail") != detail("tooNear"):
                raise
            # Nothing was asked yet. Whoever runs this command may look at it all the same.
            problems.append(error.message)
            body = document.get(asked, legacy_http=settings.legacy_http_domains)
    except CVMError as error:
        return report.show([*problems, error.message], "")
    problems += answer_problems.answer_problems(body, nonce, key, domain)
    problems += _disk_problems(body, settings)
    return report.show(problems, f"Nothing is wrong: a page of {domain} can use {options.url}")


def _settings(options: argparse.Namespace) -> Settings:
    from dataclasses import replace

    from cvmwebapi.config import settings
    from cvmwebapi.vmcp import keys

    loaded = settings.load()
    if options.keystore is None:
        return loaded
    root = keys.to_base64(inputs.read_public_key(options.root_key))
    return replace(loaded, keystores=(settings.Keystore(options.keystore, root),))


def _key(options: argparse.Namespace, domain: str, settings: Settings, problems: list[str]) -> PublicKey | None:
    """The key of the domain; what keeps a host from having it is added to ``problems``."""
    from cvmwebapi.net import names
    from cvmwebapi.vmcp import trust

    if options.key:
        return inputs.read_public_key(options.key)
    try:
        found = trust.find(
            domain, options.url, settings, nearest=names.page_space(domain, settings.local_network_sites)
        )
    except CVMError as error:
        problems.append(f"{error.message} {error.fix}")
        return None
    if found.stale:
        problems.append(f"What {found.source} says is old and could not be renewed.")
    return found.key


def _disk_problems(body: bytes, settings: Settings) -> list[str]:
    """Whether the address of the disk image may be asked: the rules are those of the endpoint."""
    from cvmwebapi.net import addresses
    from cvmwebapi.vmcp import strict_json

    try:
        answer = strict_json.parse_object(body)
    except strict_json.BadJson:
        return []
    urls = [value for name, value in answer.items() if name.lower() == "diskurl" and isinstance(value, str) and value]
    problems = []
    for url in urls:
        try:
            addresses.checked(url, settings.legacy_http_domains)
        except CVMError as error:
            problems.append(f"diskURL: {error.message}")
    return problems
