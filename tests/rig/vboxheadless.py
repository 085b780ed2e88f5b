#!/usr/bin/python3 -IS
"""Stands in for VirtualBox's VBoxHeadless, whose hardened stub insists on the kernel driver.

It starts the run time "driverless" and hands over to the same VBoxHeadless.so: all that follows is VirtualBox's own.
Lies in the chroot as /usr/lib/virtualbox/VBoxHeadless, run by the Python there.
"""

import ctypes
import os
import sys

FOLDER = "/usr/lib/virtualbox/"

# iprt/initterm.h: the flags, and the version of that interface that this package of VirtualBox was built with.
TRY_SUPPORT_LIBRARY = 1 << 17
DRIVERLESS = 4 << 18
DRIVERLESS_INTERPRETER = 8 << 18
INTERFACE_VERSIONS = (2, 3, 1, 4)
VERR_VERSION_MISMATCH = -37


def main() -> int:
    """Start the run time and run VBoxHeadless.so's entry with our own arguments."""
    path = os.fsencode(FOLDER + "VBoxHeadless")
    arguments = [path, *map(os.fsencode, sys.argv[1:])]
    argc = len(arguments)
    argv = ctypes.cast((ctypes.c_char_p * (argc + 1))(*arguments, None), ctypes.POINTER(ctypes.c_char_p))
    environment = [name + b"=" + value for name, value in os.environb.items()]
    envp = (ctypes.c_char_p * (len(environment) + 1))(*environment, None)

    runtime = ctypes.CDLL(FOLDER + "VBoxRT.so", mode=ctypes.RTLD_GLOBAL)
    runtime.RTR3InitEx.argtypes = [
        ctypes.c_uint32, ctypes.c_uint32, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p
    ]  # fmt: skip
    flags = TRY_SUPPORT_LIBRARY | DRIVERLESS | DRIVERLESS_INTERPRETER
    status = VERR_VERSION_MISMATCH
    for version in INTERFACE_VERSIONS:
        status = runtime.RTR3InitEx(version, flags, argc, ctypes.byref(argv), path)
        if status != VERR_VERSION_MISMATCH:
            break
    if status < 0:
        print(f"VBoxHeadless: RTR3InitEx answered {status}", file=sys.stderr)
        return 1
    entry = ctypes.CDLL(FOLDER + "VBoxHeadless.so", mode=ctypes.RTLD_GLOBAL).TrustedMain
    entry.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    return int(entry(argc, argv, envp)) & 0xFF


# Python's own tear-down would pull libraries from under threads that VirtualBox leaves running.
os._exit(main())
