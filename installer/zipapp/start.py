"""The first code of the single-file program: puts its libraries on disk once, then starts it.

Parts of the libraries are machine code, which can't be loaded from an archive. They go into a folder of the user's
cache that is named after their content, in one step: whoever finds the folder finds it whole.
"""

import os
import shutil
import sys
import tempfile
import zipfile

KEY = "@KEY@"
PYTHON = "@PYTHON@"
FOLDER = "cernvm-webapi-program"


def _base():
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~"), FOLDER)
    if sys.platform == "darwin":
        return os.path.expanduser(os.path.join("~/Library/Caches", FOLDER))
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(cache if cache.startswith("/") else os.path.expanduser("~/.cache"), FOLDER)


def _unpacked(archive):
    base = _base()
    folder = os.path.join(base, KEY)
    if os.path.isdir(folder):
        # Code that someone else could have put there is not run.
        if hasattr(os, "getuid") and os.lstat(folder).st_uid != os.getuid():
            sys.exit("%s belongs to another user: remove it, then start again." % folder)
        return folder
    try:
        os.makedirs(base, mode=0o700, exist_ok=True)
        new = tempfile.mkdtemp(prefix=".new-", dir=base)
        try:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(new, [name for name in packed.namelist() if name.startswith("site/")])
            try:
                os.rename(new, folder)
            except OSError:
                # Another process was faster; its folder is the same.
                if not os.path.isdir(folder):
                    raise
        finally:
            shutil.rmtree(new, ignore_errors=True)
        for old in os.listdir(base):
            # Of earlier versions, which may still run: what they have loaded stays loaded.
            if old != KEY and not old.startswith(".new-"):
                shutil.rmtree(os.path.join(base, old), ignore_errors=True)
    except OSError as error:
        sys.exit("CernVM WebAPI can't unpack itself into %s: %s" % (base, error.strerror))
    return folder


def main():
    if "%d.%d" % sys.version_info[:2] != PYTHON:
        sys.exit("This file is made for Python %s, and this is %d.%d." % ((PYTHON,) + sys.version_info[:2]))
    archive = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.join(_unpacked(archive), "site"))
    from cvmwebapi.main import main as program

    program()


main()
