"""Answers of users: nobody takes a no for none."""

from __future__ import annotations

import pytest
from cvmwebapi.asking import Answer


@pytest.mark.parametrize("answer", [Answer(), Answer(False, "never"), Answer(True, "once")])
def test_an_answer_is_asked_for_its_yes(answer: Answer) -> None:
    with pytest.raises(TypeError):
        bool(answer)
    assert answer.yes is (answer.choice == "once")
