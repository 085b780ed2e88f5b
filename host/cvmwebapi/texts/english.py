"""The program's own texts, which are English; the extension translates them by their keys."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

# With the full stop behind it, for what is put there may end with one.
_PARAMETER = re.compile(r"\{(\w+)\}(\.?)")


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """All texts by key, templates with ``{named}`` parameters. Read on first use: the handshake does not need it."""
    texts: dict[str, str] = json.loads(Path(__file__).with_name("en.json").read_text("utf-8"))
    return texts


def say(key: str, params: Mapping[str, object]) -> str:
    """The text of that key, filled in; ``KeyError`` when there is none, or a parameter of it is missing."""

    def filled(found: re.Match[str]) -> str:
        value = str(params[found[1]])
        return value if value.endswith(".") else value + found[2]

    return _PARAMETER.sub(filled, table()[key])


def parameters(text: str) -> list[str]:
    """The names in a template, in the order of their first appearance."""
    return list(dict.fromkeys(name for name, _stop in _PARAMETER.findall(text)))
