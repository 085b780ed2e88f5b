"""Whose key: the signed lists of domains (docs/vmcp.md), each with its own root key, kept on disk for a day.

A list is believed only with the signature of its root key, also when it comes from our own disk, never when it is
older than one seen before (keystore_history.py), and not for ever (list_age.py). A line with a key that can't be used
(``example.org=withdrawn``) shuts a domain out: it is not looked for any further.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.config import settings
from cvmwebapi.errors import CVMError
from cvmwebapi.gate import Gate
from cvmwebapi.net import document
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import Phrase, detail
from cvmwebapi.vmcp import keys, list_age
from cvmwebapi.vmcp.keystore_cache import Kept, KeystoreCache
from cvmwebapi.vmcp.keystore_history import KeystoreHistory, serial_of
from cvmwebapi.vmcp.list_age import Age
from cvmwebapi.vmcp.root_key import CERN
from cvmwebapi.vmcp.signed_file import MAX_SIGNATURE, SignedFiles

VALID_SECONDS = 86_400
"""A list is not asked for again while it is younger, unless a domain is missing in it."""
MIN_INTERVAL_SECONDS = 60
"""And never more often than this."""
STALE_SECONDS = 30 * 86_400
"""How long an old list still counts while its server is down, or serves no genuine one."""
MAX_LIST = 4 * 1024 * 1024

# One at a time: the second of two tabs then finds the list that the first one fetched.
_refreshing = Gate()


@dataclass(frozen=True)
class Trust:
    """Why a domain's signature counts: its key, and who says so."""

    domain: str
    key: keys.PublicKey
    source: str
    """URL of the keystore, or of the document that the site publishes."""
    stale: bool = False
    """What says so is old and could not be renewed: worth a warning."""
    kind: str = "listed"
    """``listed`` in a keystore, or ``published`` by the site itself."""
    algorithm: str = ""
    """The only one that the site signs with; empty: any of the key's."""

    @property
    def fingerprint(self) -> str:
        """Of the key, for people to compare."""
        return keys.fingerprint(self.key)


class Keystore:
    """One signed list.

    ``root_key`` is a PEM or the base64 of a DER SubjectPublicKeyInfo; ``folder`` holds the copy on disk; ``clock``
    gives seconds since 1970.
    """

    def __init__(
        self, url: str, root_key: str, folder: Path | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.url = url.rstrip("/")
        self._clock = clock
        try:
            root = keys.load_public_key(root_key)
        except keys.BadKey as error:
            reason = detail("about", name="root_key", reason=error.phrase)
            raise CVMError("keystoreInvalid", url=self.url, detail=reason) from error
        folder = folder or paths.keystores_folder()
        self._fingerprint = keys.fingerprint(root)
        self._cache = KeystoreCache(folder, f"{self.url} {self._fingerprint}")
        self._history = KeystoreHistory()
        self._files = SignedFiles(self.url, root, clock)
        # CERN's list has never had a date. It is warned of, or no computer could use any website that it has.
        self._dateless = root_key == CERN.root_key

    def find(self, domain: str, task: Task | None = None) -> Trust | None:
        """The key that this list has for ``domain``, or ``None``.

        Raises ``CVMError``: ``keystoreUnreachable``, ``keystoreInvalid``, ``keyUnusable`` (all -12), ``cancelled``.
        """
        kept = self._current(domain, task or Task())
        listed = entry(kept.content, domain)
        if listed is None:
            return None
        try:
            key = keys.load_public_key(listed)
        except keys.BadKey as error:
            raise CVMError("keyUnusable", domain=domain, detail=error.phrase) from error
        stale = self._age(kept.fetched) > VALID_SECONDS or self._judged(kept.content) is not Age.FRESH
        return Trust(domain, key, self.url, stale=stale)

    def _current(self, domain: str, task: Task) -> Kept:
        with _refreshing.passed(task):
            kept = self._kept()
            if kept is None:
                return self._fetched(task)
            old = self._age(kept.fetched) > VALID_SECONDS
            missing = entry(kept.content, domain) is None
            if (old or missing) and self._age(kept.asked) >= MIN_INTERVAL_SECONDS:
                return self._renewed(kept, task)
            return kept

    def _kept(self) -> Kept | None:
        kept = self._cache.load()
        if kept is None or self._age(kept.fetched) > STALE_SECONDS:
            return None
        if not self._files.genuine(kept.content, kept.signature) or self._why_older(kept.content):
            return None
        if self._judged(kept.content) is Age.OVER:
            return None
        return kept

    def _renewed(self, kept: Kept, task: Task) -> Kept:
        try:
            return self._fetched(task)
        except CVMError:
            task.check()
            # The old list goes on; its server is left in peace for a while.
            self._cache.save(Kept(kept.content, kept.signature, kept.fetched, asked=self._clock()))
            return kept

    def _fetched(self, task: Task) -> Kept:
        content = self._files.fetched("domainkeys.lst", MAX_LIST, task, document.MAX_SECONDS)
        list_signature = self._files.fetched("domainkeys.sig", MAX_SIGNATURE, task, document.MAX_SECONDS)
        if not self._files.genuine(content, list_signature):
            raise CVMError("keystoreInvalid", url=self.url, detail=detail("signature"))
        older = self._why_older(content)
        if older:
            raise CVMError("keystoreInvalid", url=self.url, detail=older)
        if self._judged(content) is Age.OVER:
            raise CVMError("keystoreInvalid", url=self.url, detail=detail("listExpired"))
        self._files.check_snapshot("domainkeys.lst", content, task)
        now = self._clock()
        self._history.saw(self._fingerprint, content, now)
        kept = Kept(content, list_signature, fetched=now, asked=now)
        self._cache.save(kept)
        return kept

    def _why_older(self, content: bytes) -> Phrase | None:
        return self._history.of(self._fingerprint).why_older(content)

    def _judged(self, content: bytes) -> Age:
        age = self._history.of(self._fingerprint).age_of(content, self._clock())
        undated = list_age.dates_of(content, serial_of(content)) == list_age.Dates()
        return Age.STALE if self._dateless and undated and age is Age.OVER else age

    def _age(self, then: float) -> float:
        """Seconds since ``then``; endless when the clock was set back, for then nobody knows."""
        age = self._clock() - then
        return age if age >= 0 else float("inf")


def lookup(domain: str, keystores: Iterable[settings.Keystore] = (), task: Task | None = None) -> Trust:
    """The key that signs for ``domain``, from the first list that has it; without ``keystores`` CERN's is asked.

    A list that can't be had stands in nobody's way while another one has the domain. Raises ``CVMError``: the fault of
    such a list (-12) when no other has the domain, else ``notTrusted`` (-13); ``keyUnusable`` (-12), ``cancelled``.
    """
    fault: CVMError | None = None
    for item in tuple(keystores) or (CERN,):
        try:
            found = Keystore(item.url, item.root_key).find(domain, task)
        except CVMError as error:
            if error.name not in ("keystoreUnreachable", "keystoreInvalid"):
                raise
            fault = fault or error
            continue
        if found is not None:
            return found
    raise fault or CVMError("notTrusted", domain=domain)


def entry(content: bytes, domain: str) -> str | None:
    """What a list has for one domain, as ``parse_list`` has it, without a table of all the others."""
    return parse_list(content, only=domain).get(domain)


def parse_list(content: bytes, only: str = "") -> dict[str, str]:
    """Domain to base64 key, of all domains or ``only`` one. Lines that are no entry are passed over: one slip must not
    shut out every website.

    A domain that is listed twice with different keys gets a key that can't be used, for nobody knows which one is
    meant.
    """
    entries: dict[str, str] = {}
    for raw in io.BytesIO(content):
        domain, equals, key = raw.decode("utf-8", "replace").strip().partition("=")
        domain, key = domain.strip().lower(), key.strip()
        if not equals or not domain or domain.startswith("#") or only not in ("", domain):
            continue
        if entries.get(domain, key) != key:
            key = "listed twice"
        entries[domain] = key
    return entries
