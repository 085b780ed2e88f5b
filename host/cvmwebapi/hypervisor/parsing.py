"""Reading what VBoxManage prints. Pure."""

from __future__ import annotations

import re

from cvmwebapi.states import State

_PAIR = re.compile(r'^"?(?P<key>[^"=]+)"?=(?P<value>"(?:.*)"|[^"].*|)$')
_ESCAPED = re.compile(r'\\(["\\])')

# What VirtualBox calls a state, in `showvminfo` and (without capitals) in VBox.log → ours.
_STATES = {
    "poweroff": State.POWEROFF,
    "poweredoff": State.POWEROFF,
    "aborted": State.POWEROFF,
    "gurumeditation": State.POWEROFF,
    "stuck": State.POWEROFF,
    "saved": State.SAVED,
    "aborted-saved": State.SAVED,
    "abortedsaved": State.SAVED,
    "paused": State.PAUSED,
    "running": State.RUNNING,
}
STUCK = frozenset({"gurumeditation", "stuck"})
"""Crashed, but its process still holds it: the plug must be pulled before anything else."""
ABORTED = frozenset({"aborted", "aborted-saved", "abortedsaved"})

IN_ORDER = frozenset({"poweredoff", "saved"})
"""The last word of a log whose machine was not cut short."""


def machine_info(text: str) -> dict[str, str]:
    """``showvminfo --machinereadable`` as a mapping; warnings ahead of it are passed over."""
    pairs = (_PAIR.match(line) for line in text.splitlines())
    return {pair["key"]: _unquoted(pair["value"]) for pair in pairs if pair}


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    # Folders of Windows come with their backslashes doubled.
    return _ESCAPED.sub(r"\1", value[1:-1])


def state(word: str) -> State | None:
    """The resting state that VirtualBox's word stands for; ``None`` for those on the way (starting, saving…)."""
    return _STATES.get(word.lower())
