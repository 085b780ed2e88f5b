"""``cernvm-webapi policy validate``: whether a policy is understood, and what it comes to."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.config import policy, settings


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("validate", help="check a policy file, or the policy of this computer")
    parser.add_argument("file", type=Path, nargs="?", help="a policy file (JSON); default: the policy of this computer")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    """Raises ``CVMError("policyBroken")``."""
    if options.file:
        source = policy.Source(str(options.file), inputs.read_object(options.file))
        # Without the user's own settings.
        found = settings.effective(Path("/nonexistent/settings.json"), [source])
    else:
        found = settings.effective()
    print("policy: " + (", ".join(found.sources) or "none"))
    for name, value in settings.to_json(found.settings).items():
        print(f"{name} = {json.dumps(value)}" + ("  (locked)" if name in found.locked else ""))
    return 0
