"""What the check registration has to say, made on purpose."""

from __future__ import annotations

import sys

from cvmwebapi.installation import browsers

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces

_HOST = "ch.cern.cernvm.webapi"


def kept_manifest(computer: Computer, content: bytes) -> None:
    (computer.home / ".mozilla/firefox").mkdir(parents=True)
    place = computer.home / ".mozilla/native-messaging-hosts" / f"{_HOST}.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(content)


@produces("browserNone")
def _(computer: Computer) -> None:
    pass


@produces("manifestMissing")
def _(computer: Computer) -> None:
    (computer.home / ".mozilla/firefox").mkdir(parents=True)


@produces("manifestForeign")
def _(computer: Computer) -> None:
    kept_manifest(computer, b'{"name": "cut off')


@produces("manifestUnreadable")
def _(computer: Computer) -> None:
    (computer.home / ".mozilla/firefox").mkdir(parents=True)
    (computer.home / ".mozilla/native-messaging-hosts" / f"{_HOST}.json").mkdir(parents=True)


@produces("manifestProgramGone")
def _(computer: Computer) -> None:
    kept_manifest(computer, browsers.manifest("firefox", str(computer.bin / "cernvm-webapi")))


@produces("programFails")
def _(computer: Computer) -> None:
    program = computer.program("cernvm-webapi", "echo No module named cvmwebapi >&2; exit 1")
    kept_manifest(computer, browsers.manifest("firefox", str(program)))


@produces("browserFine")
def _(computer: Computer) -> None:
    program = computer.bin / "cernvm-webapi"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cvmwebapi "$@"\n')
    program.chmod(0o755)
    kept_manifest(computer, browsers.manifest("firefox", str(program)))
