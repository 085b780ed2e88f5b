"""The texts: each that is used is there, each that is there is used, in every language alike."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cvmwebapi.texts import english

from installer.generate.languages import lacking, languages, own
from tests.lab.world import EXTENSION

LOCALES = EXTENSION / "_locales"
#: Chosen by what the host says; tables and phrases have tests of their own.
FAMILIES = (
    *("error_", "doctor_", "trust_", "installReason_", "machines_", "state_", "resource_", "amount_", "welcome_"),
    *("screen_", "phase_", "step_", "rule_", "detail_", "optionsAlways_"),
)
KEY = re.compile(
    r"""\b(?:text|cvmTranslation)\(\s*"(\w+)"|\bgetMessage\(\s*"(\w+)"|data-text="(\w+)"|data-label="(\w+)"|"""
    r"""__MSG_(\w+)__"""
)


def sources() -> str:
    files = (file for file in sorted(EXTENSION.rglob("*")) if file.suffix in (".js", ".html", ".json"))
    by_hand = (file for file in files if LOCALES not in file.parents and file.name != "text-parameters.js")
    return "\n".join(file.read_text("utf-8") for file in by_hand)


def test_each_text_that_is_used_is_there() -> None:
    used = {name for names in KEY.findall(sources()) for name in names if name}
    assert len(used) > 50
    assert used - own("en").keys() == set()


def test_each_text_that_is_there_is_used() -> None:
    words = set(re.findall(r"\w+", sources().replace("__MSG_", " ").replace("__", " ")))
    assert [name for name in own("en") if name not in words and not name.startswith(FAMILIES)] == []


#: Others may still lack some texts, which are then said in English.
COMPLETE = ("de", "el", "en", "es", "fr", "it", "pt")


@pytest.mark.parametrize("language", COMPLETE)
def test_a_language_that_was_complete_stays_so(language: str) -> None:
    assert lacking(language) == []


@pytest.mark.parametrize("language", languages())
def test_a_language_has_the_parameters_of_english(language: str) -> None:
    en = own("en")
    for name, text in own(language).items():
        assert text.strip() == text != "", name
        assert set(english.parameters(text)) == set(english.parameters(en[name])), f"{language} {name}"


def test_whoever_tells_of_errors_has_all_that_their_texts_need() -> None:
    needed = ["text-parameters.js", "translation.js", "error-codes.js", "error-text.js"]
    users = [file for file in EXTENSION.rglob("*.*") if file.suffix in (".js", ".html") or file.name == "manifest.json"]
    loaded = {file: re.findall(r'shared/([\w-]+\.js)"', file.read_text("utf-8")) for file in users}
    telling = {file: names for file, names in loaded.items() if "error-text.js" in names}
    assert len(telling) >= 5
    for file, names in telling.items():
        assert [name for name in names if name in needed] == needed, file


def test_the_english_folder_is_the_one_the_manifest_names() -> None:
    assert json.loads(Path(EXTENSION, "manifest.json").read_text())["default_locale"] in languages()


@pytest.mark.parametrize("language", languages())
def test_forms_of_number_are_there(language: str) -> None:
    # "many" of the Romance languages begins at a million: the general form does there (textFor).
    stems = {name.rpartition("_")[0] for name in own("en") if name.endswith("_other")}
    assert stems and all({f"{stem}_one", f"{stem}_other"} <= own(language).keys() for stem in stems)


#: Names, and words that some languages have in common.
SAME = 0.08


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_a_translation_is_no_copy(language: str) -> None:
    texts = own(language)
    same = [text for name, text in own("en").items() if texts.get(name) == text]
    assert [text for text in same if len(re.findall(r"[A-Za-z]{4,}", text)) > 3] == []
    assert len(same) < SAME * len(own("en"))
