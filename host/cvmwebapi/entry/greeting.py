"""The answer to the extension's first message."""

from __future__ import annotations

import sys

from cvmwebapi import __version__
from cvmwebapi.protocol import CAPABILITIES, PROTOCOL

# The module typing costs more than all else that is imported before the handshake: only type checkers need it here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvmwebapi.protocol.shapes import HostInfo


def answer(params: Mapping[str, object]) -> HostInfo:
    """Raises ``CVMError("versionMismatch")`` for an extension that speaks another protocol."""
    theirs = params.get("protocol")
    if theirs != PROTOCOL:
        # Read only now: the table of errors would make every handshake slower.
        from cvmwebapi.errors import CVMError

        raise CVMError("versionMismatch", theirs=str(theirs)[:16], ours=PROTOCOL)
    return {
        "protocol": PROTOCOL,
        "version": __version__,
        "capabilities": list(CAPABILITIES),
        "platform": sys.platform,
    }
