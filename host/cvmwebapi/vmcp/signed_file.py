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
from cvmwebapi.vmcp import keys, signature
from cvmwebapi.vmcp.keystore_history import KeystoreHistory
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
        content = self.fetched(name, limit, task)
        signed = self.fetched(name.replace(".lst", ".sig"), MAX_SIGNATURE, task)
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
        if not self.genuine(content, signed):
            return detail("signature")
        seen = self._history.of(self._key(name))
        older = seen.why_older(content)
        if older:
            return older
        return detail("listExpired") if seen.age_of(content, self._clock()) is Age.OVER else None

    def genuine(self, content: bytes, signed: bytes) -> bool:
        """Whether ``signed`` is the root key's signature of ``content``."""
        return signature.matches(content, signed, self._root, signature.algorithms(self._root)[0])

    def fetched(self, name: str, limit: int, task: Task, seconds: float = _SECONDS) -> bytes:
        """A file of the keystore, by nobody's word. Raises ``CVMError``: ``keystoreUnreachable``, ``cancelled``."""
        try:
            # http is good enough: the list carries a signature of its own.
            return document.get(f"{self.url}/{name}", limit=limit, seconds=seconds, any_http=True, task=task)
        except CVMError as error:
            task.check()
            raise CVMError("keystoreUnreachable", url=self.url, detail=error.phrase) from error

    def _key(self, name: str) -> str:
        return f"{self._fingerprint} {name}"
