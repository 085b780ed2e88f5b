"""The texts of the extension: each that is used is there, each that is there is used, in every language alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lab.world import EXTENSION

LOCALES = EXTENSION / "_locales"
#: Chosen by what the host says; the tables of errors and advice have tests of their own.
FAMILIES = ("error_", "doctor_", "trust_", "installReason_", "machines_", "machines_state_", "welcome_", "screen_")
KEY = re.compile(r"""\btext\(\s*"(\w+)"|\bgetMessage\(\s*"(\w+)"|data-text="(\w+)"|data-label="(\w+)"|__MSG_(\w+)__""")


def texts(language: str) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads((LOCALES / language / "messages.json").read_text("utf-8"))
    return loaded


def sources() -> str:
    files = (file for file in sorted(EXTENSION.rglob("*")) if file.suffix in (".js", ".html", ".json"))
    return "\n".join(file.read_text("utf-8") for file in files if LOCALES not in file.parents)


def languages() -> list[str]:
    return sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir())


def placeholders(entry: dict[str, Any]) -> set[str]:
    """The names in the text, without the doubled dollar sign that stands for itself."""
    return {name.lower() for name in re.findall(r"\$(\w+)\$", entry["message"].replace("$$", ""))}


def test_each_text_that_is_used_is_there() -> None:
    used = {name for names in KEY.findall(sources()) for name in names if name}
    assert len(used) > 50
    assert used - texts("en").keys() == set()


def test_each_text_that_is_there_is_used() -> None:
    words = set(re.findall(r"\w+", sources().replace("__MSG_", " ").replace("__", " ")))
    assert [name for name in texts("en") if name not in words and not name.startswith(FAMILIES)] == []


@pytest.mark.parametrize("language", languages())
def test_a_language_has_the_texts_and_placeholders_of_english(language: str) -> None:
    english, own = texts("en"), texts(language)
    assert own.keys() == english.keys()
    for name, entry in own.items():
        declared = {key.lower() for key in entry.get("placeholders", {})}
        assert entry["message"].strip(), name
        assert placeholders(entry) == declared, f"{language} {name}"
        assert entry.get("placeholders") == english[name].get("placeholders"), f"{language} {name}"


def test_the_english_folder_is_the_one_the_manifest_names() -> None:
    assert json.loads(Path(EXTENSION, "manifest.json").read_text())["default_locale"] in languages()
