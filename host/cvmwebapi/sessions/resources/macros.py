"""Macros of the user data: ``${name}`` and ``${name:default}`` (docs/guest.md). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MACRO = re.compile(r"\$\{([^{}:\s]{1,256})(?::([^{}]*))?\}")


def expand(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its macros replaced, once; an unknown name without default becomes empty."""
    return _MACRO.sub(lambda match: values.get(match[1], match[2] or ""), text)
