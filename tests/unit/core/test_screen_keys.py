"""Keys, scancodes and pace of the window that shows a screen: its pure modules, run by Node."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.lab.world import EXTENSION

WINDOW = EXTENSION / "windows" / "screen"


def run(module: str, expression: str) -> Any:
    """The value of an expression in which `it` is the module."""
    script = f"const it = await import({json.dumps(str(WINDOW / module))}); console.log(JSON.stringify({expression}))"
    done = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def sent(*keys: str) -> list[list[int]]:
    codes: list[list[int]] = run("scancodes.js", f"{json.dumps(keys)}.flatMap((k) => [it.pressed(k), it.released(k)])")
    return codes


def test_scancodes_of_set_1() -> None:
    # IBM PC/XT Technical Reference, and for the later keys Microsoft's "Keyboard Scan Code Specification", 1.3a.
    assert sent("Escape", "KeyA", "Digit0", "F1", "F10", "F12", "Space", "NumpadSubtract", "IntlBackslash") == [
        [0x01], [0x81], [0x1E], [0x9E], [0x0B], [0x8B], [0x3B], [0xBB], [0x44], [0xC4], [0x58], [0xD8], [0x39], [0xB9],
        [0x4A], [0xCA], [0x56], [0xD6],
    ]  # fmt: skip
    assert sent("ArrowUp", "ControlRight", "Delete", "NumpadEnter", "NumpadDivide", "MetaLeft") == [
        [0xE0, 0x48], [0xE0, 0xC8], [0xE0, 0x1D], [0xE0, 0x9D], [0xE0, 0x53], [0xE0, 0xD3], [0xE0, 0x1C], [0xE0, 0x9C],
        [0xE0, 0x35], [0xE0, 0xB5], [0xE0, 0x5B], [0xE0, 0xDB],
    ]  # fmt: skip
    assert sent("Backslash", "KeyZ", "KeyM", "ShiftRight", "AltLeft", "CapsLock", "ScrollLock", "Numpad0") == [
        [0x2B], [0xAB], [0x2C], [0xAC], [0x32], [0xB2], [0x36], [0xB6], [0x38], [0xB8], [0x3A], [0xBA], [0x46], [0xC6],
        [0x52], [0xD2],
    ]  # fmt: skip


def test_keys_with_stories_of_their_own() -> None:
    assert sent("PrintScreen", "Pause") == [
        [0xE0, 0x2A, 0xE0, 0x37], [0xE0, 0xB7, 0xE0, 0xAA], [0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5], [],
    ]  # fmt: skip
    assert sent("BrowserBack", "", "constructor", "__proto__") == [[]] * 8


def test_no_two_keys_send_the_same() -> None:
    source = (WINDOW / "scancodes.js").read_text()
    names = sorted({word for row in source.split('"')[1::2] for word in row.split() if word[:1].isupper()})
    codes = run("scancodes.js", f"{json.dumps(names)}.map((k) => it.pressed(k).join())")
    used = [code for code in codes if code]
    assert len(used) > 100 and len(set(used)) == len(used)


def test_chords_are_let_go_in_the_opposite_order() -> None:
    codes = run("scancodes.js", "it.chord('ControlLeft', 'AltLeft', 'Delete')")
    assert codes == [0x1D, 0x38, 0xE0, 0x53, 0xE0, 0xD3, 0xB8, 0x9D]


def test_a_text_on_an_american_keyboard() -> None:
    typed = run("scancodes.js", r"it.typed('aA~\r\n\t')")
    assert typed["units"] == [
        [0x1E, 0x9E], [0x2A, 0x1E, 0x9E, 0xAA], [0x2A, 0x29, 0xA9, 0xAA], [0x1C, 0x9C], [0x0F, 0x8F],
    ]  # fmt: skip
    assert run("scancodes.js", "it.typed('é1é€')")["missing"] == ["é", "€"]
    every = "".join(map(chr, range(32, 127)))
    units = run("scancodes.js", f"it.typed({json.dumps(every)})")
    assert units["missing"] == [] and len({tuple(unit) for unit in units["units"]}) == 95


def test_the_pace_follows_the_cost() -> None:
    def rest(cost: int, alike: int = 0) -> float:
        return float(run("pace.js", f"it.restAfter({cost}, {alike})"))

    assert rest(5) == 100, "never all the time"
    assert rest(40) == 360, "a tenth of the time for looking"
    assert rest(300) == 700 and rest(40, 5) == 960, "a picture every second at least"
    assert rest(3000) == 3000, "half of the time where it costs that much"
    assert run("pace.js", "[1, 2, 3, 4, 5, 9].map(it.restAfterFailure)") == [1000, 2000, 4000, 8000, 10000, 10000]
