"""Parts of a file written by hand that are generated: between a line ``generated: NAME`` and a line ``end: NAME``."""

from __future__ import annotations

from pathlib import Path


def replaced(path: Path, name: str, content: str, comment: tuple[str, str], text: str | None = None) -> bytes:
    """The file with ``content``, whole lines, as its part ``name``. ``comment`` begins and ends the marking lines.

    ``text`` is what stands in the file, if not what it holds already. Raises ``ValueError`` without such a part.
    """
    lines = (path.read_text("utf-8") if text is None else text).splitlines(keepends=True)
    begin, end = (f"{comment[0]}{word}: {name}{comment[1]}" for word in ("generated", "end"))
    marks = [line.strip() for line in lines]
    if marks.count(begin) != 1 or marks.count(end) != 1:
        raise ValueError(f"{path} needs one line {begin!r} and one line {end!r}")
    first, last = marks.index(begin), marks.index(end)
    return "".join([*lines[: first + 1], content, *lines[last:]]).encode()
