"""The nonce of one VMCP request: an old answer can't be replayed, for it was signed over another salt."""

from __future__ import annotations

import secrets
import string

LENGTH = 64
_ALPHABET = string.ascii_letters + string.digits + "-"


def new_salt() -> str:
    """64 random characters out of ``[a-zA-Z0-9-]`` (docs/vmcp.md), new for every request."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
