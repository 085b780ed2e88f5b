"""``cernvm-webapi policy generate``: ready files for every browser and system, from one policy."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.config import settings
from cvmwebapi.errors import CVMError
from cvmwebapi.installation import policy_files
from cvmwebapi.installation.policy_files import AddOn
from cvmwebapi.installation.transaction import Transaction
from cvmwebapi.texts.phrase import why


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("generate", help="make policy files for browsers and this program")
    parser.add_argument("values", type=Path, help="the policy, JSON; see “cernvm-webapi policy schema”")
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet")
    parser.add_argument("--update-url", default=AddOn.update_url, help="where Chromium's family gets the add-on")
    parser.add_argument("--xpi-url", default=AddOn.xpi_url, help="where Firefox gets the add-on")
    parser.add_argument(
        "--chromium-id", default=AddOn.chromium_id, help="id of an add-on that is signed with your own key"
    )
    parser.add_argument(
        "--unsigned", action="store_true", help="let Firefox ESR accept an add-on that Mozilla has not signed"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    """Raises ``CVMError``: ``inputUnusable``, ``policyBroken``, ``fileExists``, ``installFailed``."""
    raw = inputs.read_object(options.values)
    try:
        checked = settings.parse(raw)
    except ValueError as error:
        raise CVMError("policyBroken", file=str(options.values), detail=why(error)) from error
    if not re.fullmatch("[a-p]{32}", options.chromium_id):
        raise inputs.unusable("--chromium-id", "it is no id of an extension: 32 letters from a to p")
    output: Path = options.output
    if output.exists():
        raise CVMError("fileExists", file=str(output))
    # In the one form that all readers understand: domains in ASCII, no repetitions.
    values = {name: value for name, value in inputs.plain(settings.to_json(checked)).items() if name in raw}
    add_on = AddOn(options.update_url, options.xpi_url, options.chromium_id, options.unsigned)
    with Transaction() as transaction:
        for name, content in policy_files.all_files(values, add_on).items():
            transaction.write(output / name, content, 0o644, 0o755)
        transaction.commit()
    print(f"wrote {output}: see docs/administration.md for where each file belongs")
    return 0
