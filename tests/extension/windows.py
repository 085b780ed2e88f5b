"""Windows of the extension under inspection: accessibility by axe-core, pictures, languages that need more room."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from tests.drivers.browser import Page

CHECKOUT = Path(__file__).parents[2]
AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = CHECKOUT / ".test-output" / "windows"
#: WCAG 2.2 A and AA, and what axe calls good practice.
AXE_FOUND = """.then((found) => found.violations.map(
    ({id, nodes}) => [id, nodes.map((node) => node.html + ' ' + node.failureSummary).slice(0, 5)]))"""
#: Nothing sticks out sideways: at any zoom there is one direction to scroll.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Page, part: str = "document") -> list[Any]:
    """What axe-core finds wrong in the window, or in the part that the expression names."""
    # A colour on its way to another has a contrast that nobody has to read.
    page.wait_until("(document.querySelector('#allow')?.ariaDisabled ?? 'false') === 'false'")
    page.wait_until("document.getAnimations().every((each) => each.playState !== 'running')")
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"(() => {{ {AXE.read_text()}; return 1; }})()")
    found: list[Any] = page.evaluate(f"axe.run({part}){AXE_FOUND}")
    return found


def picture(page: Page, *names: str) -> None:
    """Keep a picture of the window, and refuse one that scrolls sideways."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(PICTURES / f"{'-'.join(names)}.png")
    # After a change of its size the window may be drawn anew once or twice.
    page.wait_until(f"{TOO_WIDE} <= 0")


def long_texts(extension: Path, folder: Path) -> Path:
    """A copy of the extension whose German is English, made 40 % longer: what real translations need at most."""
    copy = folder / "extension"
    shutil.copytree(extension, copy)
    english = json.loads((extension / "_locales/en/messages.json").read_text("utf-8"))
    for entry in english.values():
        entry["message"] = _longer(entry["message"])
    target = copy / "_locales/de/messages.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(english, ensure_ascii=False), "utf-8")
    return copy


def _longer(message: str) -> str:
    # Places of values ($1) stay as they are.
    parts = re.split(r"(\$\d)", message)
    accented = str.maketrans({"a": "ä", "o": "ö", "u": "ü"})
    text = "".join(part if part.startswith("$") else part.translate(accented) for part in parts)
    return f"{text} {'Überlängenzusatz ' * (len(message) // 40)}{'verfahren'[: max(2, len(message) * 2 // 5)]}"
