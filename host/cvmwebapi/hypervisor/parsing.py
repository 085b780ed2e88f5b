"""Reading what VBoxManage prints. Pure."""

from __future__ import annotations

import re

from cvmwebapi.states import State

_PAIR = re.compile(r'^"?(?P<key>[^"=]+)"?="?(?P<value>.*?)"?$')

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


def machine_info(text: str) -> dict[str, str]:
    """``showvminfo --machinereadable`` as a mapping; warnings ahead of it are passed over."""
    pairs = (_PAIR.match(line) for line in text.splitlines())
    return {pair["key"]: pair["value"] for pair in pairs if pair}


def state(word: str) -> State | None:
    """The resting state that VirtualBox's word stands for; ``None`` for those on the way (starting, saving…)."""
    return _STATES.get(word.lower())
