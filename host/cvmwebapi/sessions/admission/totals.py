"""The limits for all machines together: what the others have of CPUs, memory and disk."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.admission import limits
from cvmwebapi.sessions.ledger.resources import wanted_by
from cvmwebapi.sessions.ledger.rows import SessionRow, Stage
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.system import files, paths


def check_disk(ledger: Ledger, settings: Settings, row: SessionRow) -> None:
    """Raises ``CVMError("totalReached")`` when the disk of a new machine is too much, with those there are."""
    made = (other for other in ledger.all() if other.stage is not Stage.NONE and other.id != row.id)
    others = [wanted_by(other.description) for other in made]
    limits.check_total(settings, wanted_by(row.description), others, disk=True)


@contextlib.contextmanager
def room_to_run(ledger: Ledger, settings: Settings, row: SessionRow, running: Callable[[], set[str]]) -> Iterator[None]:
    """Hold the room for a machine while it is started; ``running()`` gives the UUIDs of those that run.

    Raises ``CVMError``: ``totalReached``, ``machineLocked``, those of ``running``.
    """
    if not settings.total_cpus and not settings.total_memory:
        yield
        return
    with contextlib.ExitStack() as held:
        try:
            # Of two hosts that start at once, the second must see the machine of the first.
            held.enter_context(files.locked(paths.locks_folder() / "starting", seconds=120))
        except TimeoutError:
            raise CVMError("machineLocked") from None
        present = running()
        others = [wanted_by(other.description) for other in ledger.all() if other.vm in present and other.id != row.id]
        limits.check_total(settings, wanted_by(row.description), others, disk=False)
        yield
