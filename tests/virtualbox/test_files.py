"""docs/files.md names all that the program stores, with the permissions that it really has."""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import stat
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cvmwebapi import website

from tests.conftest import HOST
from tests.lab.world import CHECKOUT, World, blank_iso
from tests.stdio.client import HostClient

pytestmark = pytest.mark.virtualbox

_ROW = re.compile(r"^\| `([^`]+)` \| (\d{4}) \|", re.MULTILINE)
_PLACES = (".local/share/cernvm-webapi", ".local/state/cernvm-webapi", ".cache/cernvm-webapi", ".config/cernvm-webapi")


def documented() -> dict[str, int]:
    """Patterns of paths under HOME, folders with a slash at their end, and their permissions."""
    text = (CHECKOUT / "docs/files.md").read_text("utf-8")
    return {pattern.removeprefix("~/"): int(mode, 8) for pattern, mode in _ROW.findall(text)}


def stored(home: Path) -> dict[str, int]:
    found = {}
    for place in _PLACES:
        for path in [home / place, *(home / place).rglob("*")]:
            if path.exists():
                name = f"{path.relative_to(home)}{'/' if path.is_dir() else ''}"
                found[name] = stat.S_IMODE(path.stat().st_mode)
    return found


def mode_of(name: str, table: dict[str, int]) -> int | None:
    """That of the first row that names it: particular ones come before general ones. Folders end with a slash."""
    return next((mode for pattern, mode in table.items() if names(pattern, name)), None)


def names(pattern: str, name: str) -> bool:
    return pattern.endswith("/") == name.endswith("/") and fnmatch.fnmatchcase(name, pattern)


@pytest.mark.timeout(300)
def test_the_document_names_every_file_and_its_permissions(tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "examples" / "site", tmp_path / "site")
    with World(blank_iso(), tmp_path / "site", listed=False) as world:
        document = tmp_path / "site" / ".well-known" / "cernvm-webapi.json"
        document.parent.mkdir()
        document.write_text(json.dumps(website.published_key(website.load_key(world.site_key), "me@example.org")))
        with HostClient(world.environment, HOST, origin=world.site.rstrip("/")) as host:
            host.hello()
            query = urlencode({"name": "files", "memory": 64, "disk": 64})
            session = host.call("requestSession", url=f"{world.vmcp}?{query}")["session"]
            host.call("start", session=session)
            host.call("hibernate", session=session)
            found = stored(world.folder)
            host.call("close", session=session)
    assert any("pinned-keys" in name for name in found) and any(name.endswith(".vdi") for name in found), found
    table = documented()
    wrong = {name: oct(mode) for name, mode in found.items() if mode_of(name, table) != mode}
    assert not wrong
    unused = [pattern for pattern in table if not any(names(pattern, name) for name in found)]
    assert unused in ([], [".local/state/cernvm-webapi/log/host.log*"]), "the log is there after a failure only"
