"""The folder of JSON templates that ``vmcp serve`` signs. Read anew for each request: edit, reload, see it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from cvmwebapi.command_line import inputs
from cvmwebapi.errors import CVMError

_NAME = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


class Size(NamedTuple):
    """One launch option; ``memory`` and ``disk`` in MB."""

    cpus: int
    memory: int
    disk: int


# The three that CernVM Online offers.
LAUNCH_OPTIONS = {
    "1cpu-1gb-10gb": Size(1, 1024, 10 * 1024),
    "1cpu-2gb-20gb": Size(1, 2048, 20 * 1024),
    "2cpu-2gb-20gb": Size(2, 2048, 20 * 1024),
}
_SIZE_KEYS = frozenset({"cpus", "vcpus", "memory", "ram", "disk"})


class Templates:
    """All ``*.json`` of one folder, by name."""

    def __init__(self, folder: Path, launch_options: bool = False) -> None:
        self._folder = folder
        self._options = LAUNCH_OPTIONS if launch_options else {}

    def names(self) -> list[str]:
        """The paths that are answered: ``name``, and ``name/option`` for each launch option."""
        files = self._files()
        return [path for name in sorted(files) for path in (name, *(f"{name}/{option}" for option in self._options))]

    def machine(self, path: str) -> dict[str, object] | None:
        """The parameters to sign for ``path``, or ``None``; raises ``CVMError("inputUnusable")``."""
        name, slash, option = path.partition("/")
        file = self._files().get(name)
        if file is None or (slash and option not in self._options):
            return None
        parameters = inputs.read_object(file)
        if not slash:
            return parameters
        others = {key: value for key, value in parameters.items() if key.lower() not in _SIZE_KEYS}
        return {**others, **self._options[option]._asdict()}

    def problems(self) -> list[str]:
        """What hosts would refuse in the templates, a sentence each."""
        from cvmwebapi.vmcp import canonical, description

        if not self.names():
            return [f"{self._folder} holds no template (a file whose name ends in .json)."]
        found = []
        for name, file in sorted(self._files().items()):
            try:
                fields = canonical.signed_fields(self.machine(name) or {})
                description.parse({"secret": "s", **fields})
            except (CVMError, canonical.Unsignable) as error:
                found.append(f"{file}: {error}")
        return found

    def _files(self) -> dict[str, Path]:
        # A request is looked up in here; nothing of it ever becomes a path.
        try:
            return {file.stem: file for file in self._folder.glob("*.json") if _NAME.fullmatch(file.stem)}
        except OSError as error:
            raise inputs.unusable(self._folder, error.strerror or "it can't be read") from error
