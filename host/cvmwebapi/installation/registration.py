"""Registers the native messaging host with browsers, takes that back, and looks how it stands."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.installation import sandboxes
from cvmwebapi.installation.browsers import Computer, host_name, manifest, table
from cvmwebapi.installation.places import Finding, finding, looked_at, reading, refuse_foreign
from cvmwebapi.installation.transaction import Transaction, remove
from cvmwebapi.system.windows_registry import Registry
from cvmwebapi.texts.phrase import detail, why

_APPLICATION_SUPPORT = "Library/Application Support"


class Registration:
    """Of this program with the browsers of one user, or of the whole computer."""

    def __init__(self, computer: Computer, system_wide: bool = False, registry: Registry | None = None) -> None:
        """``registry``: of Windows; there it must be given."""
        self.computer = computer
        self.system_wide = system_wide
        self._registry = registry

    # Where

    def found(self) -> list[str]:
        """The browsers that are on this computer."""
        if self._registry is None:
            return self.computer.found()
        keys = {name: row["windows"]["found"] for name, row in table().items()}
        return [name for name, wanted in keys.items() if any(self._has_key(f"Software\\{key}") for key in wanted)]

    def _has_key(self, key: str) -> bool:
        assert self._registry is not None
        return any(self._registry.values(hive, key) or self._registry.keys(hive, key) for hive in ("HKCU", "HKLM"))

    def places(self, names: Iterable[str]) -> dict[Path, str]:
        """The manifests that these browsers read → the family of each."""
        if self._registry is not None:
            return {self._windows_place(table()[name]["family"]): table()[name]["family"] for name in names}
        return {
            folder / f"{host_name()}.json": table()[name]["family"]
            for name in names
            for folder in self.computer.folders(name, self.system_wide)
            if self._exists_here(folder)
        }

    def _exists_here(self, folder: Path) -> bool:
        # Firefox's second folder is for distributions that have it; elsewhere it would be litter.
        lib64 = self.computer.path("/usr/lib64")
        return lib64 not in folder.parents or (lib64 / "mozilla").is_dir()

    def _windows_place(self, family: str) -> Path:
        computer = self.computer
        user = computer.home / "AppData" / "Local" / "cernvm-webapi"
        # Not below ProgramData, where every user may make files.
        folder = computer.root / "Program Files" / "CernVM WebAPI" if self.system_wide else user
        return folder / "native-messaging" / f"{family}.json"

    def _keys(self, names: Iterable[str]) -> dict[str, str]:
        """Registry keys of these browsers → family."""
        return {
            f"Software\\{key}\\{host_name()}": table()[name]["family"]
            for name in names
            for key in table()[name]["windows"]["keys"]
        }

    @property
    def _hive(self) -> str:
        return "HKLM" if self.system_wide else "HKCU"

    # Install

    def install(
        self, names: Iterable[str], launcher: str, apps: Iterable[sandboxes.Sandboxed] = (), flatpaks: bool = False
    ) -> list[str]:
        """Register with these browsers, and the sandboxed ones; returns the places. All or nothing.

        ``flatpaks``: write into the folders of Flatpak browsers too. Raises ``CVMError``: ``manifestForeign``,
        ``installFailed``, ``registryDamaged``.
        """
        names = list(names)
        wanted = [
            (place, manifest(family, launcher), 0o644 if self.system_wide else 0o600)
            for place, family in self.places(names).items()
        ]
        for app in apps:
            if app.kind == "snap" or flatpaks:
                wanted += sandboxes.files(app, launcher)
        for place, _content, _mode in wanted:
            refuse_foreign(place)
        folder_mode = 0o755 if self.system_wide else 0o700
        with Transaction() as transaction, self._registered(names):
            for place, content, mode in wanted:
                transaction.write(place, content, mode, folder_mode)
            transaction.commit()
        return [str(place) for place, _content, _mode in wanted if place.suffix == ".json"]

    @contextlib.contextmanager
    def _registered(self, names: list[str]) -> Iterator[None]:
        """The registry's share; taken back when the rest fails."""
        registry, hive = self._registry, self._hive
        if registry is None:
            yield
            return
        keys = self._keys(names)
        before = {key: self._value(key) for key in keys}
        done: list[str] = []
        try:
            for key, family in keys.items():
                done.append(key)
                registry.set(hive, key, "", str(self._windows_place(family)))
            yield
        except BaseException as error:
            for key in done:
                with contextlib.suppress(OSError):
                    if before[key]:
                        registry.set(hive, key, "", before[key])
                    else:
                        registry.delete(hive, key)
            if isinstance(error, OSError):
                raise CVMError("installFailed", place=f"{hive}\\{key}", detail=why(error)) from error
            raise

    def _value(self, key: str) -> str:
        """Where a key leads, "" for nowhere. Raises ``CVMError``: ``registryDamaged``, ``manifestForeign``."""
        assert self._registry is not None
        try:
            value: Any = self._registry.values(self._hive, key).get("", "")
        except OSError as error:
            raise CVMError("registryDamaged", key=f"{self._hive}\\{key}", detail=why(error)) from error
        if not isinstance(value, str) or "\0" in value:
            raise CVMError("registryDamaged", key=f"{self._hive}\\{key}", detail=detail("valueNotText"))
        if value and os.path.lexists(value):
            refuse_foreign(Path(value))
        return value

    # Uninstall

    def uninstall(self) -> list[str]:
        """Take back what any version of this program has registered; returns the places.

        Others' files and keys stay. Raises ``CVMError("installFailed")``.
        """
        removed = []
        for place in self._all_places():
            if reading(place)[0] == "ours":
                remove(place, self._stay())
                removed.append(str(place))
        for app in sandboxes.found(self.computer) if not self.system_wide else ():
            for place, _content, _mode in sandboxes.files(app, ""):
                if place.suffix == ".sh" or reading(place)[0] == "ours":
                    remove(place, self._stay())
        return removed + self._unregister()

    def _unregister(self) -> list[str]:
        removed = []
        for key in self._keys(table()) if self._registry is not None else ():
            assert self._registry is not None
            name = f"{self._hive}\\{key}"
            try:
                value = self._registry.values(self._hive, key).get("")
                # Our manifests are gone by now; a key that leads to someone else's stays.
                if value is not None and not os.path.lexists(str(value)):
                    self._registry.delete(self._hive, key)
                    removed.append(name)
            except OSError as error:
                raise CVMError("installFailed", place=name, detail=why(error)) from error
        return removed

    def _all_places(self) -> list[Path]:
        if self._registry is not None:
            return list(self.places(table()))
        return list(
            dict.fromkeys(
                folder / f"{host_name()}.json"
                for name in table()
                for folder in self.computer.folders(name, self.system_wide)
            )
        )

    def _stay(self) -> set[Path]:
        """Folders that are no browser's, and not ours to remove even when they are empty."""
        computer = self.computer
        system = ("etc", "etc/opt", "usr/lib", "usr/lib64", "Library", _APPLICATION_SUPPORT, "Program Files")
        home = ("", _APPLICATION_SUPPORT, "AppData/Local")
        apps = {base / app.app for app in sandboxes.found(computer) for base in sandboxes.bases(computer).values()}
        return apps | {computer.root / name for name in system} | {computer.home / name for name in home}

    # Status

    def status(self) -> list[Finding]:
        """One finding for each place of each browser on this computer."""
        found = []
        for name in self.found():
            if self._registry is not None:
                found += [self._windows_finding(name, key) for key in self._keys([name])]
            else:
                found += [finding(name, place) for place in self.places([name])]
        return found

    def _windows_finding(self, name: str, key: str) -> Finding:
        assert self._registry is not None
        shown = f"{self._hive}\\{key}"
        try:
            value = self._registry.values(self._hive, key).get("")
        except OSError:
            return Finding(name, shown, "unreadable")
        if value is not None and not isinstance(value, str):
            return Finding(name, shown, "unreadable")
        if not value:
            return Finding(name, shown, "missing")
        return Finding(name, shown, *looked_at(Path(value)))
