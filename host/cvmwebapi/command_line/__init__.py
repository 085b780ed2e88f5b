"""The command line of ``cernvm-webapi``, one sub-command a file."""

from __future__ import annotations

import argparse

from cvmwebapi import __version__


def run(arguments: list[str]) -> int:
    """Run one sub-command; returns the exit status."""
    from cvmwebapi.command_line import install, list_sessions, remove_all

    parser = argparse.ArgumentParser(
        prog="cernvm-webapi", description="Lets a web page run a virtual machine on this computer, with your consent."
    )
    parser.add_argument("--version", action="version", version=f"cernvm-webapi {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (install, list_sessions, remove_all):
        module.add_to(commands)
    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status
