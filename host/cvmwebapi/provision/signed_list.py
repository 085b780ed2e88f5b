"""Fetches the list of installers, and believes it only with the root key's signature, and if it is not an old one."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable
from pathlib import Path

from cvmwebapi.config.settings import Keystore
from cvmwebapi.errors import CVMError
from cvmwebapi.net import document
from cvmwebapi.provision import installers
from cvmwebapi.provision.installers import InstallerList
from cvmwebapi.system import files, paths
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp import keys, list_age, signature
from cvmwebapi.vmcp.list_age import Age
from cvmwebapi.vmcp.signed_file import MAX_SIGNATURE, SignedFiles

LIST = "installers.json"
SIGNATURE = "installers.sig"


def lists(keystores: Iterable[Keystore], task: Task) -> tuple[list[InstallerList], list[CVMError]]:
    """The genuine lists of all keystores, and what was wrong with the others. Raises ``CVMError("cancelled")``."""
    found, faults = [], []
    for item in keystores:
        try:
            found.append(get(item, task))
        except CVMError as error:
            task.check()
            faults.append(error)
    return found, faults


def get(keystore: Keystore, task: Task, history: Path | None = None) -> InstallerList:
    """The list of one keystore.

    Raises ``CVMError``: ``installersUnreachable``, ``installersInvalid``, ``installersOlder``, ``cancelled``, and
    ``keystoreUnreachable`` or ``keystoreInvalid`` for its snapshot.
    """
    url = keystore.url.rstrip("/")
    try:
        root = keys.load_public_key(keystore.root_key)
    except keys.BadKey as error:
        reason = detail("about", name="root_key", reason=error.phrase)
        raise CVMError("installersInvalid", url=url, detail=reason) from error
    content = _fetched(f"{url}/{LIST}", installers.MAX_BYTES, task)
    signed = _fetched(f"{url}/{SIGNATURE}", MAX_SIGNATURE, task)
    found = checked(content, signed, root, url, history or paths.data_folder() / "installers-seen.json")
    SignedFiles(url, root).check_snapshot(LIST, content, task)
    return found


def checked(content: bytes, signed: bytes, root: keys.PublicKey, url: str, history: Path) -> InstallerList:
    """The list in ``content``, genuine, readable, no older than one seen, and not expired. Raises as ``get``."""
    # Nothing is read of it before the signature holds.
    if not signature.matches(content, signed, root, signature.algorithms(root)[0]):
        raise CVMError("installersInvalid", url=url, detail=detail("signature"))
    try:
        found = installers.parse(content)
    except installers.BadList as error:
        raise CVMError("installersInvalid", url=url, detail=error.phrase) from error
    now = time.time()
    # A list without any date is as old as its number is: unknown. Its number still has to be the highest seen.
    if list_age.judge(found.dates, now, now) is Age.OVER:
        raise CVMError("installersInvalid", url=url, detail=detail("listExpired"))
    with files.locked(history.with_suffix(".lock"), seconds=10):
        seen = _seen(history)
        fingerprint = keys.fingerprint(root)
        newest = seen.get(fingerprint, 0)
        if found.serial < newest:
            raise CVMError("installersOlder", url=url, serial=found.serial, seen=newest)
        if found.serial > newest:
            with contextlib.suppress(OSError):
                files.write_private(history, json.dumps({**seen, fingerprint: found.serial}).encode())
    return found


def _seen(history: Path) -> dict[str, int]:
    try:
        return {str(key): int(value) for key, value in json.loads(history.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _fetched(url: str, limit: int, task: Task) -> bytes:
    try:
        # http is good enough: the list carries a signature of its own.
        return document.get(url, limit=limit, seconds=15, any_http=True, task=task)
    except CVMError as error:
        task.check()
        raise CVMError("installersUnreachable", url=url, detail=error.phrase) from error
