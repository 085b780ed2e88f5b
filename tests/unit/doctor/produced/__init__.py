"""A file for each check; all are imported for what they add to ``producing.PRODUCED`` and ``ELSEWHERE``."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from tests.unit.doctor.producing import elsewhere

for found in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{found.name}")

elsewhere(
    "tests/unit/doctor/test_rules.py",
    unknown="test_a_check_that_fails_or_hangs_hides_no_other",
    tooSlow="test_a_check_that_fails_or_hangs_hides_no_other",
)
