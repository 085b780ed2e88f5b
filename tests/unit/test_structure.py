"""The shape of the host's package: imports point one way, and its tests stand as it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import cvmwebapi
import pytest

PACKAGE = Path(cvmwebapi.__file__).parent
TESTS = Path(__file__).parent
#: Folders of tests that are about something else than the package.
ELSEWHERE = {"extension", "generate", "mutants", "repository"}

#: From what people and browsers start, down to what knows nothing of the rest (docs/architecture.md).
LAYERS = (
    "__main__",
    "main",
    "command_line",
    "entry",
    "actions",
    "doctor",
    "sessions",
    "provision",
    "channel",
    "installation",
    "hypervisor",
    "media",
    "website",
    "vmcp",
    "net",
    "config",
    "system",
    "asking",
    "gate",
    "tasks",
    "latch",
    "transitions",
    "states",
    "errors",
    "texts",
    "protocol",
)


def imports() -> Iterator[tuple[str, str]]:
    """Each pair of modules, by their names below the package, of which the first imports the second."""
    names = {".".join(file.relative_to(PACKAGE).with_suffix("").parts) for file in PACKAGE.rglob("*.py")}
    for name in sorted(names):
        for node in ast.walk(ast.parse(PACKAGE.joinpath(*name.split(".")).with_suffix(".py").read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cvmwebapi."):
                module = str(node.module).removeprefix("cvmwebapi.")
                for item in node.names:
                    yield name, f"{module}.{item.name}" if f"{module}.{item.name}" in names else module
            elif isinstance(node, ast.ImportFrom) and node.module == "cvmwebapi":
                yield from ((name, item.name) for item in node.names if not item.name.startswith("__"))


def test_each_part_has_its_layer() -> None:
    parts = {file.stem for file in PACKAGE.iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()}
    assert parts - {"__init__"} == set(LAYERS)


def test_imports_point_downwards() -> None:
    layer = {part: number for number, part in enumerate(LAYERS)}
    pairs = [(a, b) for a, b in imports() if a.partition(".")[0] != b.partition(".")[0]]
    assert len(pairs) > 200
    assert [f"{a} imports {b}" for a, b in pairs if layer[a.partition(".")[0]] >= layer[b.partition(".")[0]]] == []


def test_unit_tests_mirror_the_packages() -> None:
    tests = [file.relative_to(TESTS) for file in TESTS.rglob("test_*.py")]
    folders = {file.parent for file in tests if file.parts[0] not in ELSEWHERE}
    assert [str(folder) for folder in folders if not (PACKAGE / folder / "__init__.py").is_file()] == []
    modules = {file.stem.removeprefix("test_") for file in tests if len(file.parts) == 1} - {"structure"}
    assert [name for name in modules if not (PACKAGE / f"{name}.py").is_file()] == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ('"ledger.sqlite"', "system/paths.py"),
        ('"locks"', "system/paths.py"),
        ('"VBox.log"', "hypervisor/places.py"),
        ('"VirtualBox.xml"', "hypervisor/places.py"),
        ('.vbox-prev"', "hypervisor/places.py"),
        ('"scratch.vdi"', "hypervisor/places.py"),
        ('"darwin": "macos"', "system/platforms.py"),
    ],
)
def test_each_place_is_named_once(name: str, place: str) -> None:
    files = [file for file in PACKAGE.rglob("*.py") if name in file.read_text("utf-8")]
    assert [file.relative_to(PACKAGE).as_posix() for file in files] == [place]
