"""A machine as VirtualBox knows it: its state, its settings, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import parsing, places, refusals
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.states import State
from cvmwebapi.tasks import Task
from cvmwebapi.texts import phrase
from cvmwebapi.texts.codes import StepCode

_LOOK_EVERY = 0.25
_LOOKS = 240
"""A large machine may take a minute to be saved."""


@dataclass(frozen=True)
class Look:
    """A machine as VirtualBox knows it at rest. ``word`` is VirtualBox's own for its state, "" for none."""

    state: State
    word: str
    info: dict[str, str]


class KnownMachine:
    """``uuid`` names it in every call, ``label`` in VirtualBox's own window; its ``files`` lie in ``folder``."""

    def __init__(self, vbox: VBoxManage, uuid: str, label: str, folder: Path) -> None:
        self._vbox = vbox
        self.uuid = uuid
        self._label = label
        self.folder = folder
        self.files = places.MachineFiles(folder, label)

    def state(self) -> State:
        """The state alone; see ``look``."""
        return self.look().state

    def look(self, task: Task | None = None) -> Look:
        """What VirtualBox knows; waits for a machine that is on its way to another state.

        Raises ``CVMError``: ``hypervisorTimeout`` when it gets nowhere, and as ``task.check`` while it waits.
        """
        task = task or Task()
        for _ in range(_LOOKS):
            info = self._info(task)
            if not info:
                return Look(State.MISSING, "", {})
            word = info.get("VMState", "")
            found = parsing.state(word)
            if found is not None:
                self.files.told(info)
                return Look(found, word.lower(), info)
            task.wait(_LOOK_EVERY)
        raise CVMError("hypervisorTimeout", seconds=int(_LOOKS * _LOOK_EVERY), step=phrase.step("bringToRest"))

    def _info(self, task: Task) -> dict[str, str]:
        step: StepCode = "lookAtMachine"

        def passes(text: str) -> bool:
            return refusals.passes(text) and not self._swept(text)

        try:
            text = self._vbox.call("showvminfo", self.uuid, "--machinereadable", step=step, passes=passes, task=task)
        except VBoxManageFailed as error:
            if refusals.unknown_machine(error.text) or self._swept(error.text):
                return {}
            raise refusals.as_error(error.text, step) from error
        return parsing.machine_info(text)

    def _swept(self, text: str) -> bool:
        """Deleted with its folder, not by VirtualBox: that keeps the entry, of which nothing can be read any more."""
        return refusals.inaccessible(text) and not self.files.settings.exists() and self._at_home()

    def _at_home(self) -> bool:
        """Whether the place of all machines is there: it may lie on a disk that is not connected."""
        return self.folder.parent.is_dir()
