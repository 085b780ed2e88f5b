"""A copy of the checkout for each part, outside of it: mutmut writes beside what it changes."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.mutants.python.parts import Part

MUTMUT = (str(Path(sys.executable).with_name("mutmut")),)
CHECKOUT = Path(__file__).resolve().parents[3]
# mutmut looks for packages below a folder of this name.
SOURCES = "src"
# mutmut's exit codes of changes that no test noticed, or that none reaches.
_UNNOTICED = (0, 33)
_BESIDE = ("installer", "extension", "docs", "examples", "manifest-templates")


def run(place: Path, processes: int) -> int:
    """Try every change that was not noticed before; what it says goes to standard error. Returns its exit status."""
    _forget_unnoticed(place)
    command = [*MUTMUT, "run", "--max-children", str(processes)]
    return subprocess.run(command, cwd=place, stdout=sys.stderr, check=False).returncode


def folder(name: str) -> Path:
    """Kept from run to run: what was noticed, and has not changed since, is not tried again."""
    cache = os.environ.get("CERNVM_WEBAPI_CACHE") or Path.home() / ".cache/cernvm-webapi-dev"
    return Path(cache) / f"mutants-{zlib.crc32(bytes(CHECKOUT))}" / name


def prepare(name: str, part: Part) -> Path:
    """Bring the copy up to date with the checkout, uncommitted changes and all."""
    place = folder(name)
    place.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    wanted = {_moved(path): file for name in listed.split("\0") if name for path, file in _files(name)}
    for path, original in wanted.items():
        _copy(original, place / path)
    for kept in place.rglob("*"):
        path = kept.relative_to(place)
        if kept.is_file() and path.parts[0] != "mutants" and path not in wanted and "__pycache__" not in path.parts:
            kept.unlink()
    # Settings of setup.cfg are read only without it.
    (place / "pyproject.toml").unlink(missing_ok=True)
    _configure(place, part)
    return place


def _forget_unnoticed(place: Path) -> None:
    """mutmut lets each verdict stand until the function changes; but there may be better tests by now."""
    for file in (place / "mutants").rglob("*.meta"):
        content = json.loads(file.read_text("utf-8"))
        verdicts = content["exit_code_by_key"]
        content["exit_code_by_key"] = {
            name: None if verdict in _UNNOTICED else verdict for name, verdict in verdicts.items()
        }
        file.write_text(json.dumps(content), "utf-8")


def _files(name: str) -> Iterator[tuple[str, Path]]:
    """What git lists as one, and its name: a file, or all files of a folder that is linked to."""
    listed = CHECKOUT / name
    for file in [listed] if listed.is_file() else listed.rglob("*"):
        if file.is_file():
            yield str(file.relative_to(CHECKOUT)), file


def _moved(path: str) -> Path:
    first, *rest = Path(path).parts
    return Path(SOURCES, *rest) if first == "host" else Path(path)


def _copy(original: Path, copy: Path) -> None:
    if copy.exists() and copy.read_bytes() == original.read_bytes():
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(original, copy)


def _configure(place: Path, part: Part) -> None:
    config = configparser.ConfigParser()
    config.read(CHECKOUT / "setup.cfg")
    for section in config.sections():
        if section not in ("tool:pytest", "mypy") and not section.startswith("mypy-"):
            config.remove_section(section)
    # A change may make something wait for ever.
    config["tool:pytest"]["timeout"] = "30"
    config["mypy"]["files"] = SOURCES
    config["mypy"]["mypy_path"] = SOURCES
    config["mutmut"] = {
        "source_paths": SOURCES,
        "only_mutate": _lines(f"{SOURCES}/cvmwebapi/{source}" for source in part.sources),
        "also_copy": _lines([*_BESIDE, SOURCES]),
        "pytest_add_cli_args_test_selection": _lines(
            [*(f"tests/unit/{test}" for test in part.tests), *(f"--deselect=tests/unit/{test}" for test in part.slow)]
        ),
        "pytest_add_cli_args": _lines(["-p", "no:cacheprovider"]),
        "type_check_command": _lines(
            [sys.executable, "-m", "mypy", "--output", "json", "--disable-error-code", "unused-ignore"]
        ),
        "use_git_change_detection": "false",
    }
    with (place / "setup.cfg").open("w") as file:
        config.write(file)


def _lines(items: Iterable[str]) -> str:
    return "\n" + "\n".join(items)
