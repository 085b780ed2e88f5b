"""Kills hosts at a chosen moment of their work: at a call of VBoxManage, or after a write to the ledger."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.lab.world import World
from tests.stdio.client import HostClient

# Counts the calls that hosts make once there is a plan, and kills the host that makes the chosen one.
_WRAPPER = """\
#!/bin/sh
plan={folder}/plan
if [ -s "$plan" ]; then
    read -r left moment < "$plan"
    left=$((left - 1))
    if [ "$left" -gt 0 ]; then
        echo "$left $moment" > "$plan"
    else
        mv "$plan" {folder}/done
        echo "$moment $1 $2 $3 $4" >> {folder}/kills
        case $moment in
            before) kill -9 $PPID; exit 1 ;;
            orphan) kill -9 $PPID; sleep 0.4 ;;
            after) {real} "$@"; kill -9 $PPID; exit ;;
        esac
    fi
fi
exec {real} "$@"
"""
MOMENTS = ("orphan", "after", "before")
"""Host killed: while the call goes on without it, when the call is done, before it does anything."""
_HOST_WITH_MORTAL_LEDGER = Path(__file__).with_name("host_killed_at_write.py")


class Killer:
    """Makes hosts of a world mortal; `arm` before the action that shall be cut short."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._folder = world.folder / "killer"
        self._folder.mkdir(exist_ok=True)
        self._plan = self._folder / "plan"
        wrapper = self._folder / "VBoxManage"
        wrapper.write_text(_WRAPPER.format(folder=self._folder, real=world.home.vboxmanage))
        wrapper.chmod(0o755)
        world.write_settings(vboxmanage=str(wrapper))

    def host(self, mortal_ledger: bool = False) -> HostClient:
        """A host of this world. With `mortal_ledger` the plan counts writes of the ledger, else calls."""
        if not mortal_ledger:
            return HostClient(self._world.environment, [sys.executable, "-m", "cvmwebapi"])
        return HostClient(
            self._world.environment, [sys.executable, _HOST_WITH_MORTAL_LEDGER, self._folder / "write-plan"]
        )

    def cut_short(self, host: HostClient, action: str, at: int, moment: str, **params: str) -> bool:
        """Do the action, killing the host at call or write number `at`; `False` when it has fewer, and went through."""
        plan = self._folder / "write-plan" if moment == "write" else self._plan
        plan.write_text(f"{at} {moment}\n")
        number = host.begin(action, **params)
        deadline = time.monotonic() + 120
        while host.process.poll() is None and not host.answered(number):
            assert time.monotonic() < deadline, f"{action} neither ends nor dies"
            time.sleep(0.01)
        if host.process.poll() is None:
            plan.unlink(missing_ok=True)
            host.result(number)
            # It may have made the chosen call in between, for reasons of its own.
            time.sleep(0.3)
            return host.process.poll() is not None
        assert not plan.exists(), f"the host died by itself during {action}"
        return True
