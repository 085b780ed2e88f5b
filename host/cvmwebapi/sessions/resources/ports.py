"""Free ports of this computer for the APIs of guests."""

from __future__ import annotations

import socket
from collections.abc import Container


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port`` of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def pick(taken: Container[int]) -> int:
    """A free port that no other machine of ours has been promised."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port
