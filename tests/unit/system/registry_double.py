"""A double of the Windows registry: nested keys in memory, as the interface of windows_registry.py shows them."""

from __future__ import annotations

from typing import Any


class RegistryDouble:
    """``tree``: path with hive (``HKLM\\Software\\…``) → values. ``refused``: paths that raise."""

    def __init__(self, **_: Any) -> None:
        self.tree: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()

    def _path(self, hive: str, key: str) -> str:
        path = f"{hive}\\{key}"
        if any(path == bad or path.startswith(bad + "\\") for bad in self.refused):
            raise PermissionError(5, "Access is denied")
        return path

    def values(self, hive: str, key: str) -> dict[str, Any]:
        return dict(self.tree.get(self._path(hive, key), {}))

    def keys(self, hive: str, key: str) -> list[str]:
        start = self._path(hive, key) + "\\"
        below = (path[len(start) :] for path in self.tree if path.startswith(start))
        return sorted({name.split("\\")[0] for name in below})

    def set(self, hive: str, key: str, name: str, value: str) -> None:
        self.tree.setdefault(self._path(hive, key), {})[name] = value

    def delete(self, hive: str, key: str) -> None:
        path = self._path(hive, key)
        if any(other.startswith(path + "\\") for other in self.tree):
            raise OSError("The key has subkeys")
        self.tree.pop(path, None)
