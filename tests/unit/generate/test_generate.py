"""What is generated and committed is current, and the generator refuses what browsers would read otherwise."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from cvmwebapi.texts import english

from installer.generate import languages, locales, products


def test_everything_generated_is_current() -> None:
    assert products.outdated() == [], "run make generate"


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the texts, and of what is made of them."""
    copy = tmp_path / "texts"
    shutil.copytree(languages.TEXTS, copy)
    monkeypatch.setattr(languages, "TEXTS", copy)
    monkeypatch.setattr(locales, "_LOCALES", tmp_path / "_locales")
    monkeypatch.setattr(locales, "_LIST", tmp_path / "languages.js")
    monkeypatch.setattr(products, "PRODUCTS", (locales,))
    products.write()
    return copy


def made(texts: Path, language: str) -> dict[str, dict[str, str]]:
    products.write()
    told: dict[str, dict[str, str]] = json.loads(
        (texts.parent / f"_locales/{language}/messages.json").read_text("utf-8")
    )
    return told


def test_another_language_is_one_more_file(texts: Path) -> None:
    (texts / "pt_BR.json").write_text('{"optionsSave": "Salvar", "confirmAsks": "{domain} quer"}', "utf-8")
    told = made(texts, "pt_BR")
    assert told["optionsSave"] == {"message": "Salvar"} and told["confirmAsks"] == {"message": "$1 quer"}
    assert "optionsCancel" in languages.lacking("pt_BR") and "optionsSave" not in languages.lacking("pt_BR")
    assert told["optionsCancel"] == {"message": "Cancel"}, "what it lacks is said in English"
    assert '"pt", "pt_BR"]' in (texts.parent / "languages.js").read_text("utf-8")
    (texts / "pt_BR.json").unlink()
    assert products.write() and products.outdated() == []
    assert not list((texts.parent / "_locales/pt_BR").iterdir())


def test_a_text_that_english_lacks_is_refused(texts: Path) -> None:
    (texts / "de.json").write_text('{"misspelt": "x"}', "utf-8")
    with pytest.raises(ValueError, match="misspelt"):
        products.write()


def test_values_keep_their_places_whatever_the_order_of_a_language() -> None:
    assert locales.message("{b} nach {a}, {b}", ["a", "b"]) == "$2 nach $1, $2"
    assert locales.message("5 $ für {a}", ["a"]) == "5 $$ für $1"


@pytest.mark.parametrize("text", ["{a}5", "{a}{b}", "{a}_{b}", "{a}$", "$HOME$", "{other}"])
def test_what_browsers_would_take_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        locales.message(text, ["a", "b"])


def test_a_language_has_at_most_900_lines_and_one_a_text() -> None:
    for language in languages.languages():
        for file in (languages.TEXTS / f"{language}.json", locales._LOCALES / language / "messages.json"):
            lines = file.read_text("utf-8").splitlines()
            assert len(lines) == len(json.loads(file.read_text("utf-8"))) + 2 <= 900, file


def test_translators_are_told_of_texts_that_there_are() -> None:
    assert languages.notes().keys() <= english.table().keys()


def test_no_english_stands_in_the_tables() -> None:
    content: dict[str, int | str] = json.loads((languages.TEXTS.parent / "errors.json").read_text("utf-8"))
    assert not [value for value in content.values() if not re.fullmatch(r"-\d+", str(value))]
