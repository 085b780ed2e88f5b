"""VirtualBox's host-only networks, between this computer and its machines."""

from __future__ import annotations

import re

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor.vboxmanage import VBoxManage

_NAME = re.compile(r"^Name:[ \t]+(\S.*?)\s*$", re.MULTILINE)


def first_name(listing: str) -> str:
    """The first adapter in what ``list hostonlyifs`` prints; ``""`` when there is none. Pure."""
    found = _NAME.search(listing)
    return found[1] if found else ""


def adapter(vbox: VBoxManage) -> str:
    """An adapter that is there. Raises ``CVMError("hostOnlyMissing")``.

    None is made: that changes the network of the whole computer, asks for an administrator, and would stay behind.
    """
    name = first_name(vbox.run("list", "hostonlyifs", step="listNetworks"))
    if not name:
        raise CVMError("hostOnlyMissing")
    return name
