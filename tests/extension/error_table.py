"""Carries the host's table of errors over to the extension: codes and parameters, and the English texts.

`python tests/extension/error_table.py` writes the files; a test checks that they agree with the table.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "host/cvmwebapi/errors.json", Path(__file__).with_name("extension_errors.json"))
CODES = ROOT / "extension/shared/error-codes.js"
ENGLISH = ROOT / "extension/_locales/en/messages.json"

HEAD = """// Generated from the host's errors.json by tests/extension/error_table.py. For each error its number, and its parameters
// in the order in which the texts in _locales count them ($1, $2, …).
// A classic script, for content scripts can't be modules; the background's modules import it for its effect.
globalThis.cvmErrorCodes = Object.freeze({
"""


def table() -> dict[str, dict[str, Any]]:
    """All errors, by name, sorted."""
    errors: dict[str, dict[str, Any]] = {}
    for path in TABLES:
        errors.update(json.loads(path.read_text(encoding="utf-8")))
    return dict(sorted(errors.items()))


def parameters(error: dict[str, Any]) -> list[str]:
    """The names of an error's parameters, in order of their first appearance."""
    return list(dict.fromkeys(re.findall(r"\{(\w+)\}", error["message"] + error["fix"])))


def codes_script() -> str:
    """The text of extension/shared/error-codes.js."""
    lines = (
        f"  {name}: {{ code: {error['code']}, params: {json.dumps(parameters(error))} }},\n"
        for name, error in table().items()
    )
    return HEAD + "".join(lines) + "});\n"


def messages(present: dict[str, Any]) -> dict[str, Any]:
    """The English texts: those of the errors from the table, all others as they are."""
    kept = {key: value for key, value in present.items() if not key.startswith("error_")}
    for name, error in table().items():
        order = parameters(error)
        for suffix, text in (("", error["message"]), ("_fix", error["fix"])):
            kept[f"error_{name}{suffix}"] = _message(text, order)
    return kept


def _message(text: str, order: list[str]) -> dict[str, Any]:
    used = [name for name in order if f"{{{name}}}" in text]
    entry: dict[str, Any] = {"message": re.sub(r"\{(\w+)\}", r"$\1$", text.replace("$", "$$"))}
    if used:
        entry["placeholders"] = {name: {"content": f"${order.index(name) + 1}"} for name in used}
    return entry


def messages_text() -> str:
    """The text of the English messages.json."""
    present = json.loads(ENGLISH.read_text(encoding="utf-8"))
    return json.dumps(messages(present), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    CODES.write_text(codes_script(), encoding="utf-8")
    ENGLISH.write_text(messages_text(), encoding="utf-8")
