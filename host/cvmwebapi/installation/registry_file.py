"""Files for regedit (.reg, version 5.00)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def build(hive: str, keys: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Nested dictionaries are keys within keys; texts, whole numbers and booleans are values."""
    lines = ["Windows Registry Editor Version 5.00"]
    for key, content in keys.items():
        lines += _key(f"{hive}\\{key}", content)
    text = "\r\n".join([*lines, "", ""])
    # What regedit writes itself; it reads ASCII as well, which is easier to review.
    return text.encode("ascii") if text.isascii() else b"\xff\xfe" + text.encode("utf-16-le")


def _key(path: str, content: Mapping[str, Any]) -> list[str]:
    values = {name: value for name, value in content.items() if not isinstance(value, Mapping)}
    lines = ["", f"[{path}]", *(f"{_quoted(name)}={_value(value)}" for name, value in values.items())] if values else []
    for name, value in content.items():
        if isinstance(value, Mapping):
            lines += _key(f"{path}\\{name}", value)
    return lines


def _value(value: Any) -> str:
    if isinstance(value, int):
        return f"dword:{int(value):08x}"
    text = str(value)
    if "\n" in text or "\r" in text:
        # PEM keys have lines, which a quoted text can't have: REG_SZ by its bytes.
        return "hex(1):" + ",".join(f"{byte:02x}" for byte in (text + "\0").encode("utf-16-le"))
    return _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
