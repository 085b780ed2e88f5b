"""What documents, code and tests point to is there: other documents, their headings, files and folders."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.world import CHECKOUT

_NAMED = re.compile(r"(?<![\w./-])([\w./-]*\w\.md)\b")
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# A path below one of our folders, up to the first thing that is no plain name (a pattern, a placeholder).
_PATH = re.compile(r"`((?:docs|examples|extension|host|installer|manifest-templates|tests)/[\w./-]*)")
_TELLS_OF_THE_PAST = "CHANGELOG.md"


def _texts() -> Iterator[tuple[Path, str]]:
    """Every text file that is or will be in the repository."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=CHECKOUT, capture_output=True, check=True).stdout.decode().split("\0")
    for path in (CHECKOUT / name for name in names if name):
        try:
            yield path, path.read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            # Pictures, links to folders, files that are just being removed.
            continue


_TEXTS = dict(_texts())
_DOCUMENTS = {path: _FENCED.sub("", text) for path, text in _TEXTS.items() if path.suffix == ".md"}


def _is_there(name: str, beside: Path) -> bool:
    """From the root of the repository, or from where a document is that names it."""
    folders = [CHECKOUT, beside.parent] if beside.suffix == ".md" else [CHECKOUT]
    return any((folder / name).exists() for folder in folders)


def _anchors(text: str) -> set[str]:
    """Names of the headings, as web pages of repositories make them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text)}


def test_every_document_that_is_named_anywhere_is_in_the_repository() -> None:
    lost = {
        f"{path.relative_to(CHECKOUT)}: {name}"
        for path, text in _TEXTS.items()
        for name in _NAMED.findall(text)
        if not name.startswith("//") and not _is_there(name, path)
    }
    # Named by their paths from the root of the repository, like docs/vmcp.md.
    assert sorted(lost) == []


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    for file, anchor in _LINK.findall(_DOCUMENTS[document]):
        if re.match(r"[a-z]+:", file):
            continue
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), file
        assert not anchor or anchor in _anchors(target.read_text("utf-8")), f"{file}#{anchor}"


@pytest.mark.parametrize(
    "document",
    [path for path in _DOCUMENTS if path.name != _TELLS_OF_THE_PAST],
    ids=lambda path: str(path.relative_to(CHECKOUT)),
)
def test_files_and_folders_that_a_document_names_are_there(document: Path) -> None:
    lost = [name for name in _PATH.findall(_DOCUMENTS[document]) if not _is_there(name.rstrip("."), document)]
    assert sorted(lost) == []


def test_the_readme_leads_to_every_document() -> None:
    linked = {(CHECKOUT / file).resolve() for file, _ in _LINK.findall(_DOCUMENTS[CHECKOUT / "README.md"]) if file}
    wanted = {path for path in _DOCUMENTS if path.parent in (CHECKOUT, CHECKOUT / "docs")} - {CHECKOUT / "README.md"}
    assert sorted(map(str, wanted - linked)) == []
