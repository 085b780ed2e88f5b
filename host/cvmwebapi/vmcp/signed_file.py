"""A signed list of lines (``name=value``) beside a keystore's, fetched anew each time; and the snapshot over all lists.

``snapshot.lst`` has the SHA-256 of every other list of its keystore. Each list is genuine by itself; the snapshot says
which of them belong together now, so that nobody on the way can hand out a new list of one kind with an old one of
another, or keep one back. As in TUF, a keystore that has been seen with a snapshot is not believed without one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from cvmwebapi.errors import CVMError
from cvmwebapi.net import document
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import Phrase, detail
from cvmwebapi.vmcp import keys, list_age, signature
from cvmwebapi.vmcp.keystore_history import KeystoreHistory, serial_of
from cvmwebapi.vmcp.list_age import Age
from cvmwebapi.vmcp.list_names import SNAPSHOT, head

MAX_SIGNATURE = 4096
_MAX_SNAPSHOT = 64 * 1024
_SECONDS = 10.0


class SignedFiles:
    """The lists of one keystore: ``url`` is its folder, ``root`` its root key."""

    def __init__(self, url: str, root: keys.PublicKey, clock: Callable[[], float] = time.time) -> None:
        self.url = url.rstrip("/")
        self._root = root
        self._fingerprint = keys.fingerprint(root)
        self._clock = clock
        self._history = KeystoreHistory()

    def get(self, name: str, limit: int, task: Task) -> bytes:
        """The list of this name, genuine, not expired, and no older than one seen.

        Raises ``CVMError``: ``keystoreUnreachable``, ``keystoreInvalid``, ``cancelled``.
        """
        content = self._fetched(name, limit, task)
        signed = self._fetched(name.replace(".lst", ".sig"), MAX_SIGNATURE, task)
        fault = self._fault(name, content, signed)
        if fault:
            raise CVMError("keystoreInvalid", url=self.url, detail=fault)
        self._history.saw(self._key(name), content, self._clock())
        return content

    def check_snapshot(self, name: str, content: bytes, task: Task) -> None:
        """Whether the genuine list ``content`` is the one that the snapshot has under ``name``.

        Keystores that never had a snapshot do without. Raises ``CVMError`` as ``get``.
        """
        known = bool(self._history.of(self._key(SNAPSHOT)).newest)
        try:
            snapshot = self.get(SNAPSHOT, _MAX_SNAPSHOT, task)
        except CVMError:
            task.check()
            if known:
                raise
            return
        wanted = f"{name}={hashlib.sha256(content).hexdigest()}".encode()
        if wanted not in snapshot.split(b"\n"):
            raise CVMError("keystoreInvalid", url=self.url, detail=detail("notInSnapshot", file=name))

    def _fault(self, name: str, content: bytes, signed: bytes) -> Phrase | None:
        # One key signs them all: a list has to say which it is, or one could be handed out for another.
        if head(name).encode() not in content.split(b"\n"):
            return detail("signature")
        if not signature.matches(content, signed, self._root, signature.algorithms(self._root)[0]):
            return detail("signature")
        seen = self._history.of(self._key(name))
        older = seen.why_older(content)
        if older:
            return older
        now = self._clock()
        age = list_age.judge(list_age.dates_of(content, serial_of(content)), seen.since_of(content, now), now)
        return detail("listExpired") if age is Age.OVER else None

    def _fetched(self, name: str, limit: int, task: Task) -> bytes:
        try:
            # http is good enough: the list carries a signature of its own.
            return document.get(f"{self.url}/{name}", limit=limit, seconds=_SECONDS, any_http=True, task=task)
        except CVMError as error:
            task.check()
            raise CVMError("keystoreUnreachable", url=self.url, detail=error.phrase) from error

    def _key(self, name: str) -> str:
        return f"{self._fingerprint} {name}"
