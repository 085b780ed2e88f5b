from __future__ import annotations

import ast
from pathlib import Path

import cvmwebapi
import pytest
from cvmwebapi.texts import english
from cvmwebapi.texts.phase import Phase


def test_a_phase_says_its_numbers_in_english_and_hands_them_on() -> None:
    phase = Phase("downloadingImage", 6 * 2**20, 18 * 2**20, 2.0 * 2**20)
    assert str(phase) == "Downloading the boot image: 6.0 MB of 18.0 MB, 2.0 MB/s, 6 s left"
    assert phase.to_json() == {"phase": "downloadingImage", "done": 6291456, "total": 18874368, "speed": 2097152}


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase("creatingMachine"), "Creating the machine"),
        (Phase("downloadingImage", 2**20), "Downloading the boot image: 1.0 MB"),
        (Phase("downloadingImage", 0, 2**20), "Downloading the boot image: 0.0 MB of 1.0 MB, 0.0 MB/s"),
        (Phase("installingVirtualbox", words="Unpacking it"), "Installing VirtualBox: Unpacking it"),
    ],
)
def test_what_is_not_known_is_left_out(phase: Phase, words: str) -> None:
    assert str(phase) == words
    known = {"words": bool(phase.words), **dict.fromkeys(("done", "total", "speed"), phase.done is not None)}
    assert phase.to_json().keys() == {"phase", *(name for name, is_known in known.items() if is_known)}


def test_a_phase_without_a_text_is_refused_at_once() -> None:
    with pytest.raises(KeyError, match="phase_misspelt"):
        Phase("misspelt")


def test_each_text_of_a_phase_is_used() -> None:
    package = Path(cvmwebapi.__file__).parent
    literals = {
        node.value
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert {key for key in english.table() if key.startswith("phase_") and key[6:] not in literals} == set()
