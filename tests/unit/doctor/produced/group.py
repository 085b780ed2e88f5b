"""What the check group has to say, made on purpose."""

from __future__ import annotations

import os
import pwd

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces

_STRANGE_GROUP = 64_123


@produces("groupMissing")
def _(computer: Computer) -> None:
    computer.open_root().file("/etc/group", f"vboxusers:x:{_STRANGE_GROUP}:\n")
    computer.become_nobody(wholly=True)


@produces("groupNotYet")
def _(computer: Computer) -> None:
    computer.open_root()
    computer.become_nobody(wholly=True)
    me = pwd.getpwuid(os.geteuid()).pw_name
    computer.file("/etc/group", f"vboxusers:x:{_STRANGE_GROUP}:{me}\n")


@produces("groupFine")
def _(computer: Computer) -> None:
    computer.file("/etc/group", f"vboxusers:x:{os.getgid()}:{pwd.getpwuid(os.geteuid()).pw_name}\n")
