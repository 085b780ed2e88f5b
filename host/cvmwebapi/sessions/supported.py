"""What websites may ask for that this version can't do yet: refused in words, before the user is asked. Pure."""

from __future__ import annotations

from cvmwebapi.errors import CVMError
from cvmwebapi.vmcp.description import Flags, MachineDescription

_NOT_YET = {
    Flags.DUAL_NIC: "have a second network card",
}


def check(machine: MachineDescription) -> None:
    """Raises ``CVMError("notSupported")``: a machine that is not what the site described would only fail later."""
    for flag, what in _NOT_YET.items():
        if machine.has(flag):
            raise CVMError("notSupported", what=what)
