"""Does each browser find this program, and does what it finds answer?"""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from cvmwebapi import __version__
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.installation import browsers, launcher, places, sandboxes
from cvmwebapi.installation.browsers import Computer
from cvmwebapi.installation.registration import Registration
from cvmwebapi.texts.phrase import Value, detail

_INSTALL = "cernvm-webapi install"
_SECONDS = 6.0
_ORDER = ("registered", "noLauncher", "foreign", "unreadable", "missing")
"""Of several places of one browser, the first that serves counts."""


def look(around: Surroundings) -> Iterator[Finding]:
    """Manifests of all browsers that are here, for this user and for all; then the programs that they name."""
    computer = Computer(around.system, around.home, around.root)
    known = [
        found for wide in (False, True) for found in Registration(computer, wide, around.registry).status()
    ]  # fmt: skip
    if not known and not sandboxes.found(computer):
        yield Finding("browserNone")
        return
    findings = list(judge(known))
    yield from findings
    for program in dict.fromkeys(found.launcher for found in known if found.state == "registered"):
        fault = handshake_fault(program)
        if fault:
            params: Params = {"program": program, "detail": fault}
            yield Finding("programFails", params, command=_INSTALL, part="program", repair=True)


def judge(known: Iterable[places.Finding]) -> Iterator[Finding]:
    """One finding a browser. Pure but for the browsers' names."""
    best: dict[str, places.Finding] = {}
    for found in known:
        before = best.get(found.browser)
        if before is None or _ORDER.index(found.state) < _ORDER.index(before.state):
            best[found.browser] = found
    advices = {
        "registered": "browserFine",
        "noLauncher": "manifestProgramGone",
        "foreign": "manifestForeign",
        "unreadable": "manifestUnreadable",
        "missing": "manifestMissing",
    }
    for name, found in best.items():
        title = browsers.table()[name]["title"]
        params: Params = {"browser": title, "file": found.place, "program": found.launcher}
        repairable = found.state in ("noLauncher", "missing")
        command = "" if found.state == "registered" else _INSTALL
        yield Finding(advices[found.state], params, command=command, part=name, repair=repairable)


def handshake_fault(program: str) -> Value:
    """Start it as a browser does, and greet it; why that failed, or ""."""
    body = json.dumps(
        {
            "id": "doctor",
            "action": "hello",
            "params": {"protocol": 1, "extension": __version__, "browser": "doctor"},
            "caller": {"kind": "extension"},
        }
    ).encode()
    try:
        done = subprocess.run(
            [program, "chrome-extension://doctor/"],
            input=struct.pack("=I", len(body)) + body,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        (length,) = struct.unpack("=I", done.stdout[:4])
        answer = json.loads(done.stdout[4 : 4 + length])
        return "" if answer["result"]["protocol"] else detail("otherProtocol")
    except subprocess.TimeoutExpired:
        return detail("noAnswer")
    except OSError as error:
        return error.strerror or detail("cantStart")
    except (struct.error, ValueError, KeyError, TypeError):
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else detail("exitStatus", status=done.returncode)


def repair(around: Surroundings, part: str) -> None:
    """Register anew with the browsers that are here. Raises ``CVMError`` of the installation."""
    target = Registration(Computer(around.system, around.home, around.root), False, around.registry)
    target.install([part] if part in target.found() else target.found(), str(Path(launcher.find())))


CHECK = Check(
    __name__,
    look=look,
    advice={
        "browserNone": Advice("warning"),
        "browserFine": Advice("ok"),
        "manifestMissing": Advice("problem"),
        "manifestForeign": Advice("problem"),
        "manifestUnreadable": Advice("problem"),
        "manifestProgramGone": Advice("problem"),
        "programFails": Advice("problem"),
    },
    repair=repair,
)
