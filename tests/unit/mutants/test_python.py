"""What is made of mutmut's findings: which faults are left, and which excuses are out of date."""

from __future__ import annotations

import pytest

from tests.mutants.python.parts import PARTS, Part
from tests.mutants.python.sandbox import CHECKOUT
from tests.mutants.python.survivors import Change, change, excuses, function, judged

HOST = CHECKOUT / "host"
PART = Part(("vmcp/k*.py",), ("vmcp",))
DIFF = """\
--- host/cvmwebapi/vmcp/keys.py
+++ host/cvmwebapi/vmcp/keys.py
@@ -1,4 +1,4 @@
 def check(one, other):
     if (
-        one
-        > other
+        one >= other
     ):
         return
"""


def made(module: str, after: str) -> Change:
    return Change(f"cvmwebapi.vmcp.{module}:check", "before", after)


@pytest.mark.parametrize(
    ("mangled", "name"),
    [
        ("cvmwebapi.vmcp.keys.x_check__mutmut_12", "cvmwebapi.vmcp.keys:check"),
        ("cvmwebapi.vmcp.keys.x__check__mutmut_1", "cvmwebapi.vmcp.keys:_check"),
        ("cvmwebapi.vmcp.keys.xǁKeyǁ__init____mutmut_3", "cvmwebapi.vmcp.keys:Key.__init__"),
        ("cvmwebapi.vmcp.keys.xǁKeyǁ_read__mutmut_3", "cvmwebapi.vmcp.keys:Key._read"),
    ],
)
def test_functions_have_the_names_that_people_know(mangled: str, name: str) -> None:
    assert function(mangled) == name


def test_a_fault_is_told_by_its_text() -> None:
    assert change("cvmwebapi.vmcp.keys.x_check__mutmut_1", DIFF) == Change(
        "cvmwebapi.vmcp.keys:check", "one > other", "one >= other"
    )


def test_what_no_test_notices_is_left_unless_it_is_excused() -> None:
    one, two = made("keys", "1"), made("keys", "2")
    assert judged([one, two], [two], PART) == ([one], [])


def test_an_excuse_of_the_part_for_a_fault_that_is_noticed_or_gone_is_out_of_date() -> None:
    assert judged([], [made("keys", "1"), made("salt", "1")], PART) == ([], [made("keys", "1")])


def test_every_part_names_files_that_there_are() -> None:
    for part in PARTS.values():
        assert all(list((HOST / "cvmwebapi").glob(source)) for source in part.sources), part
        for test in (*part.tests, *part.slow):
            file, _, name = test.partition("::")
            place = CHECKOUT / "tests/unit" / file
            assert place.exists() and (not name or f"def {name}(" in place.read_text("utf-8")), test


def test_every_excuse_has_a_reason_and_is_about_code_that_is_there() -> None:
    for fault, why in excuses().items():
        module, _, _ = fault.function.partition(":")
        lines = (HOST / module.replace(".", "/")).with_suffix(".py").read_text("utf-8").splitlines()
        assert why.endswith(".") and fault.before in " ".join(line.strip() for line in lines), fault
