"""``cernvm-webapi vmcp keygen``: the key pair that a website signs with."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("keygen", help="make a key pair", description="Make a key pair to sign with.")
    parser.add_argument("file", type=Path, help="the private key is written here, the public one beside it as .pub")
    parser.add_argument(
        "--kind", choices=("rsa", "ed25519"), default="rsa", help="ed25519 is understood by hosts from version 3 on"
    )
    parser.add_argument("--bits", type=int, choices=(2048, 3072, 4096), default=3072, help="size of an RSA key")
    parser.add_argument("--password", action="store_true", help="ask for a password to encrypt the private key with")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi import website
    from cvmwebapi.vmcp import keys

    password = _new_password() if options.password else None
    public = public_file(options.file)
    key = website.generate_key(options.kind, options.bits)
    inputs.write_new(options.file, website.private_pem(key, password), 0o600)
    try:
        inputs.write_new(public, website.public_pem(key), 0o644)
    except BaseException:
        options.file.unlink()
        raise
    print(f"private key  {options.file}  (never leaves your server)")
    print(f"public key   {public}  (for the maintainer of a keystore)")
    print(f"fingerprint  {keys.fingerprint(key.public_key())}")
    return 0


def public_file(private: Path) -> Path:
    """Where the public half is written: the same name with ``.pub`` at its end."""
    return private.with_name(private.name + ".pub")


def _new_password() -> bytes:
    first = getpass.getpass("Password for the private key: ")
    if not first or first != getpass.getpass("Once more: "):
        raise inputs.unusable("The password", "it is empty, or the two are not the same")
    return first.encode()
