"""One licence, named in the same way wherever a package names it."""

from __future__ import annotations

import configparser
import json
import re

from installer import sources
from installer.deb import build as deb
from tests.lab.world import CHECKOUT

_IDENTIFIER = "GPL-3.0-or-later"


def test_every_package_names_the_licence_of_the_repository() -> None:
    assert (CHECKOUT / "LICENSE").read_text("utf-8").splitlines()[0] == f"SPDX-License-Identifier: {_IDENTIFIER}"
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg")
    assert setup["metadata"]["license"] == _IDENTIFIER
    for name in ("package.json", "package-lock.json"):
        package = json.loads((CHECKOUT / name).read_text("utf-8"))
        assert package.get("packages", {"": package})[""]["license"] == _IDENTIFIER
    spec = (CHECKOUT / "installer/rpm/cernvm-webapi.spec").read_text("utf-8")
    assert re.findall(r"^License: +(\S+)$", spec, re.MULTILINE) == [_IDENTIFIER]
    assert f"License: {_IDENTIFIER}," in deb.COPYRIGHT


def test_the_python_package_carries_it() -> None:
    assert "LICENSE" in sources.FILES
