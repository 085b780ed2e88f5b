"""Each library that the program needs has a lowest version, and `make lowest` tries just that one."""

from __future__ import annotations

import pytest

from tests.lab.world import CHECKOUT
from tests.lowest import constraints, of_setup


def test_each_library_has_a_lowest_version() -> None:
    found = dict(line.split("==") for line in of_setup(CHECKOUT / "setup.cfg"))
    assert set(found) == {"cryptography", "requests", "urllib3", "psutil", "platformdirs", "pycdlib"}
    # From 2.7 on, nothing unpacks to gigabytes.
    assert tuple(map(int, found["urllib3"].split("."))) >= (2, 7)


@pytest.mark.parametrize("line", ["urllib3", "urllib3>2.2", "urllib3==2.2", "urllib3>=2.2,<3"])
def test_a_library_without_one_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="urllib3"):
        constraints([line])
