"""``cernvm-webapi status``: which browsers know this program, which policy holds."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from cvmwebapi.command_line import install
from cvmwebapi.installation import browsers, sandboxes
from cvmwebapi.installation.places import Finding

_WORDS = {
    "registered": "registered",
    "missing": "not registered: run cernvm-webapi install",
    "foreign": "another program's manifest is in its place",
    "noLauncher": "registered, but the program is gone: run cernvm-webapi install",
    "unreadable": "can't be read",
}


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("status", help="show with which browsers this program is registered")
    install.add_scope(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    """Exit status 0 when every browser that was found can use the program, else 1."""
    from cvmwebapi.config import settings

    target = install.registration(options)
    findings = target.status()
    apps = [] if options.system else sandboxes.found(target.computer)
    policies = settings.effective().sources
    if options.json:
        facts = {
            "browsers": [asdict(finding) for finding in findings],
            "sandboxed": [{"browser": app.browser, "kind": app.kind, "app": app.app} for app in apps],
            "policies": list(policies),
        }
        print(json.dumps(facts, indent=2))
    else:
        _show(findings)
        for app in apps:
            print(sandboxes.advice(app, sandboxes.has_proxy(target.computer), opened=False))
        print("policy: " + (", ".join(policies) or "none"))
    return 0 if findings and all(finding.state == "registered" for finding in findings) else 1


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        title = browsers.table()[finding.browser]["title"]
        print(f"{title}: {_WORDS[finding.state]}\n    {finding.place}")
    if not findings:
        print("no browser was found")
