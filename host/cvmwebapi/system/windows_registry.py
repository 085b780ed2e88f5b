"""The few things that we ask of the Windows registry, behind an interface: the real one, and doubles in tests."""

from __future__ import annotations

from typing import Any, Protocol


class Registry(Protocol):
    """``hive`` is ``HKLM`` or ``HKCU``, ``key`` a path below it; ``name`` "" is a key's default value.

    Every method may raise ``OSError``. What is not there is empty, not an error.
    """

    def values(self, hive: str, key: str) -> dict[str, object]:
        """All values of a key."""

    def keys(self, hive: str, key: str) -> list[str]:
        """Names of the keys directly below it."""

    def set(self, hive: str, key: str, name: str, value: str) -> None:
        """Write a text, making the key."""

    def delete(self, hive: str, key: str) -> None:
        """Remove a key that has none below it."""


def of_this_computer() -> Registry:
    """The real registry; on Windows only."""
    return _WindowsRegistry()


def program_data() -> str:
    """The folder of programs' data for all users, as the system says, not the environment."""
    key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
    return str(of_this_computer().values("HKLM", key).get("Common AppData") or r"C:\ProgramData")


class _WindowsRegistry:
    """By winreg, in the 64-bit view whatever Python is: browsers look there first."""

    def __init__(self) -> None:
        import winreg

        # Typed as Any: type checkers of other systems know nothing of the module's content.
        self._api: Any = winreg

    def _opened(self, hive: str, key: str, writing: bool = False) -> Any:
        api = self._api
        root = {"HKLM": api.HKEY_LOCAL_MACHINE, "HKCU": api.HKEY_CURRENT_USER}[hive]
        opener = api.CreateKeyEx if writing else api.OpenKeyEx
        access = (api.KEY_WRITE if writing else api.KEY_READ) | api.KEY_WOW64_64KEY
        return opener(root, key, 0, access)

    def _all(self, hive: str, key: str, one: Any) -> list[Any]:
        found: list[Any] = []
        try:
            with self._opened(hive, key) as opened:
                while True:
                    try:
                        found.append(one(opened, len(found)))
                    except OSError:
                        # There is no other way to learn that this was the last.
                        return found
        except FileNotFoundError:
            return []

    def values(self, hive: str, key: str) -> dict[str, object]:
        return {name: value for name, value, _type in self._all(hive, key, self._api.EnumValue)}

    def keys(self, hive: str, key: str) -> list[str]:
        return [str(name) for name in self._all(hive, key, self._api.EnumKey)]

    def set(self, hive: str, key: str, name: str, value: str) -> None:
        with self._opened(hive, key, writing=True) as opened:
            self._api.SetValueEx(opened, name, 0, self._api.REG_SZ, value)

    def delete(self, hive: str, key: str) -> None:
        api = self._api
        root = {"HKLM": api.HKEY_LOCAL_MACHINE, "HKCU": api.HKEY_CURRENT_USER}[hive]
        try:
            api.DeleteKeyEx(root, key, api.KEY_WOW64_64KEY, 0)
        except FileNotFoundError:
            return
