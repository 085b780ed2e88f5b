from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cvmwebapi
import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.states import State
from cvmwebapi.texts import english
from cvmwebapi.texts.phrase import Fault, Phrase, detail, megabytes, step, why, wire

PACKAGE = Path(cvmwebapi.__file__).parent


def test_a_phrase_within_a_message_is_said_in_english_and_sent_as_a_code() -> None:
    error = CVMError("hypervisorFailed", step=step("startMachine"), detail=detail("noReason"))
    assert error.message == "VirtualBox failed at this step: start the virtual machine. Reason: no reason was given"
    assert error.to_json()["params"] == {
        "step": {"code": "step_startMachine", "params": {}, "text": "start the virtual machine"},
        "detail": {"code": "detail_noReason", "params": {}, "text": "no reason was given"},
    }


def test_phrases_hold_phrases() -> None:
    reason = detail("about", name="max_memory", reason=detail("numberRange", low=0, high=9))
    assert str(reason) == "max_memory: it must be a whole number from 0 to 9"
    inner = reason.to_json()["params"]["reason"]
    assert inner == {
        "code": "detail_numberRange", "params": {"low": 0, "high": 9}, "text": "it must be a whole number from 0 to 9",
    }  # fmt: skip


def test_a_misspelt_code_and_a_missing_parameter_are_told_at_once() -> None:
    with pytest.raises(KeyError, match="detail_misspelt"):
        detail("misspelt")
    with pytest.raises(KeyError, match="limit"):
        detail("tooLarge")


def test_words_of_others_stay_as_they_are() -> None:
    assert wire({"detail": "VERR_NO_MEMORY", "size": megabytes(5), "count": 2}) == {
        "detail": "VERR_NO_MEMORY", "count": 2,
        "size": {"code": "amount_megabytes", "params": {"amount": 5}, "text": "5 MB"},
    }  # fmt: skip


def test_why_prefers_our_own_words_to_those_of_the_system() -> None:
    assert why(Fault("notObject")) == detail("notObject")
    assert why(CVMError("cancelled")) == Phrase("error_cancelled")
    assert why(PermissionError(13, "Permission denied", "/secret/path")) == "Permission denied"
    assert why(ValueError("words of a library")) == "words of a library"
    assert why(KeyError()) == "KeyError"


def test_a_sentence_at_the_end_of_a_sentence_has_one_full_stop() -> None:
    error = CVMError("downloadFailed", url="https://example.org/x", detail=CVMError("cancelled").phrase)
    assert error.message == "https://example.org/x could not be downloaded: The request was cancelled."
    assert CVMError("hypervisorBroken", detail="no such file.").message.endswith("no such file.")


@pytest.mark.parametrize("state", State)
def test_each_state_has_a_name(state: State) -> None:
    assert english.table()[f"state_{state.name.lower()}"]


def test_each_text_of_a_step_a_detail_or_a_rule_is_used() -> None:
    files = [*PACKAGE.rglob("*.py"), *(PACKAGE.parents[1] / "extension").rglob("*.js")]
    by_hand = "\n".join(
        file.read_text("utf-8") for file in files if file.name not in ("codes.py", "text-parameters.js")
    )
    quoted = set(re.findall(r'"(\w+)"', by_hand))
    keys = [key for key in english.table() if key.startswith(("step_", "detail_", "rule_"))]
    assert len(keys) > 100
    assert [key for key in keys if not {key, key.partition("_")[2]} & quoted] == []


def raised() -> Iterator[tuple[str, set[str]]]:
    """Code and parameters of each detail that is made in the program."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                maker = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if maker in ("detail", "Fault") or maker.startswith("Bad") or maker == "Unsignable":
                    yield str(node.args[0].value), {str(item.arg) for item in node.keywords}


def test_each_detail_has_the_parameters_of_its_text() -> None:
    """Which codes there are is for mypy to see."""
    made = list(raised())
    assert len(made) > 80
    for code, given in made:
        assert given == set(english.parameters(english.table()[f"detail_{code}"])), code


def test_a_phrase_stands_behind_a_colon_or_before_one() -> None:
    """In the middle of a sentence its form would depend on the rest, and no translation could be right."""
    inner = ("step", "detail", "resource", "rule", "reason", "state")
    for key, text in english.table().items():
        for name in set(english.parameters(text)) & set(inner):
            before, _, behind = text.partition(f"{{{name}}}")
            assert before.endswith(": ") or behind.startswith(":"), key
