"""Starting an installer with Windows' own prompt (UAC). Not tried on Windows: written after its documentation."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

_SEE_MASK_NOCLOSEPROCESS = 0x40
_INFINITE = 0xFFFFFFFF
_CANCELLED = 1223
"""ERROR_CANCELLED: the user said no to the prompt."""


def run_elevated(command: Sequence[str]) -> int:
    """Run it, wait for its end; the exit status, or 1223 when the user refused."""
    assert sys.platform == "win32"
    import ctypes
    from ctypes import wintypes

    class Info(ctypes.Structure):
        """SHELLEXECUTEINFOW."""

        _fields_ = [
            ("cbSize", wintypes.DWORD), ("fMask", ctypes.c_ulong), ("hwnd", wintypes.HWND),
            ("lpVerb", wintypes.LPCWSTR), ("lpFile", wintypes.LPCWSTR), ("lpParameters", wintypes.LPCWSTR),
            ("lpDirectory", wintypes.LPCWSTR), ("nShow", ctypes.c_int), ("hInstApp", wintypes.HINSTANCE),
            ("lpIDList", ctypes.c_void_p), ("lpClass", wintypes.LPCWSTR), ("hkeyClass", wintypes.HKEY),
            ("dwHotKey", wintypes.DWORD), ("hIcon", wintypes.HANDLE), ("hProcess", wintypes.HANDLE),
        ]  # fmt: skip

    api: Any = ctypes
    info: Any = Info()
    info.cbSize = ctypes.sizeof(info)
    info.fMask = _SEE_MASK_NOCLOSEPROCESS
    info.lpVerb, info.lpFile, info.nShow = "runas", command[0], 1
    info.lpParameters = subprocess.list2cmdline(command[1:])
    if not api.windll.shell32.ShellExecuteExW(ctypes.byref(info)):
        return int(api.windll.kernel32.GetLastError()) or _CANCELLED
    api.windll.kernel32.WaitForSingleObject(info.hProcess, _INFINITE)
    status = wintypes.DWORD()
    api.windll.kernel32.GetExitCodeProcess(info.hProcess, ctypes.byref(status))
    api.windll.kernel32.CloseHandle(info.hProcess)
    return int(status.value)
