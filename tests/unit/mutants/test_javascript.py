"""What is made of Stryker's report: which faults are left, and which excuses are out of date."""

from __future__ import annotations

from typing import Any

from tests.mutants.javascript import CHECKOUT, Mutant, excuses, judged, mutants

SOURCE = """\
function add(a, b) {
  if (a > b) return a;
  return a + b;
}
"""


def _report(*found: tuple[str, str, tuple[int, int], tuple[int, int]]) -> dict[str, Any]:
    places = [
        {
            "status": status,
            "replacement": becomes,
            "location": {
                "start": {"line": start[0], "column": start[1]},
                "end": {"line": end[0], "column": end[1]},
            },
        }
        for status, becomes, start, end in found
    ]
    return {"files": {"add.js": {"source": SOURCE, "mutants": places}}}


def test_a_fault_is_told_by_its_text() -> None:
    report = _report(("Killed", "false", (2, 7), (2, 12)), ("Survived", "{}", (1, 20), (4, 2)))
    assert list(mutants(report)) == [
        (Mutant("add.js", "if (a > b) return a;", "a > b", "false"), "Killed"),
        (Mutant("add.js", "function add(a, b) {", "{ if (a > b) return a; return a + b; }", "{}"), "Survived"),
    ]


def test_what_no_test_notices_is_left_unless_it_is_excused() -> None:
    one, two, three, four = (Mutant("add.js", str(number), "was", "becomes") for number in range(4))
    found = [(one, "Survived"), (two, "NoCoverage"), (three, "Killed"), (four, "Survived")]
    assert judged(found, [four]) == ([one, two], [])


def test_an_excuse_for_a_fault_that_is_noticed_or_gone_is_out_of_date() -> None:
    noticed, gone = Mutant("add.js", "1", "was", "becomes"), Mutant("add.js", "2", "was", "becomes")
    assert judged([(noticed, "Killed")], [gone, noticed]) == ([], [noticed, gone])


def test_every_excuse_has_a_reason_and_is_about_code_that_is_there() -> None:
    for mutant, why in excuses().items():
        lines = [line.strip() for line in (CHECKOUT / mutant.file).read_text("utf-8").splitlines()]
        assert why.endswith(".") and mutant.line in lines, mutant
        assert mutant.was in " ".join(lines), mutant
